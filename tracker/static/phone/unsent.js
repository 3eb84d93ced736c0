// A run that was started on this phone opens as soon as the server knows it.
import { entries, flush, listen } from "./queue.js";

const { ref, runs } = document.querySelector("[data-ref]").dataset;
const go = (run) => run && location.replace(runs.replace(/0$/, String(run)) + location.hash);

listen(({ type, receipts }) => {
  if (type === "receipts") go(receipts.find(({ id }) => id === ref)?.run);
});
go((await entries({ ref })).find(({ id, receipt }) => id === ref && receipt?.run)?.receipt.run);
flush();
