const hexadecimal = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

// The name that a device gives itself.
export const newName = () => hexadecimal(crypto.getRandomValues(new Uint8Array(12)));

// An id that sorts by when it was made (UUIDv7).
export const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let left = Date.now();
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = left % 256;
    left = Math.floor(left / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = hexadecimal(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};
