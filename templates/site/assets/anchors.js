// Places within a document have ids of their own. An address from elsewhere, or an older one, has the plain name.
const decoded = (text) => {
  try { return decodeURIComponent(text); } catch { return text; }
};
const follow = () => {
  const name = decoded(location.hash.slice(1));
  if (!name || document.getElementById(name)) return;
  const place = document.getElementById(`sop:${name}`);
  if (place) location.replace(`#${place.id}`);
};
addEventListener("hashchange", follow);
follow();
