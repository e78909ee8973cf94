// The keyboard of an iPhone lies over the page and does not resize it: the page follows the part that is visible.

const LOW = 460; // pixels: about a phone with its keyboard open

export function followViewport() {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    const root = document.documentElement.style;
    const zoomed = view.scale > 1.01; // somebody enlarges the page with two fingers: leave it alone
    root.setProperty("--height", zoomed ? "100dvh" : `${Math.round(view.height)}px`);
    root.setProperty("--top", zoomed ? "0px" : `${Math.round(view.offsetTop)}px`);
    document.body.classList.toggle("low", !zoomed && view.height < LOW);
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  fit();
}
