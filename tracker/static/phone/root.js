// Where the application is: the address that all of its pages lie below, as a path that ends with "/". In pages and in
// the worker alike.
const path = globalThis.document?.documentElement.dataset.root ?? new URL(globalThis.registration?.scope ?? "/", location).pathname;

export const root = path.endsWith("/") ? path : `${path}/`;
