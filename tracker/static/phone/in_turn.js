// What is asked for while it is under way is done once more after it, however often it was asked for: looking through
// all that waits for each of many entries would take longer the more there are.
export const inTurn = (act) => {
  let [running, next] = [null, null];
  const begin = () => (running = act().finally(() => { running = null; }));
  const turn = () => {
    if (!running) return begin();
    next ??= running.catch(() => {}).then(() => {
      next = null;
      return turn();
    });
    return next;
  };
  return turn;
};
