/** A color of the page's theme as a canvas takes it: `light-dark()` and the like are worked out by the browser. */
export function cssColor(name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
