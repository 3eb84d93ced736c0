// Times as the device's clock has them, in the language of the page: of today the time, else with its day.
const language = document.documentElement.lang;
const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" });

export const clock = (moment) => {
  const at = new Date(moment);
  const today = at.toDateString() === new Date().toDateString();
  return today ? time.format(at) : `${day.format(at)}, ${time.format(at)}`;
};
