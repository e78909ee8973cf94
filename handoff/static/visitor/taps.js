// Which help was tapped: the number or the place, told to the line so that it can be counted. Never what anyone wrote.

/** `tell(frame)` sends if there is a line; a tap before the first message stays on the device. */
export function watchTaps(thread, tell) {
  thread.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link) return;
    const call = link.protocol === "tel:";
    const place = link.closest("[data-place]")?.dataset.place || (call && link.textContent.match(/[\d][\d -]*/)?.[0].trim());
    const seq = Number(link.closest(".message")?.dataset.seq) || 0;
    if (place) tell({ type: "tap", seq, place, way: call ? "call" : "site" });
  });
}
