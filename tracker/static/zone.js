// The first account's time zone is the device's, unless somebody has said another.
const zone = document.querySelector("[data-guess-zone]");
if (zone && zone.value === "UTC") zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
