import type { Page } from "playwright-core";

/** Text on the page that stands out too little from what is behind it: WCAG 2.2, success criterion 1.4.3. */
export interface FaintText {
  readonly text: string;
  readonly color: string;
  readonly background: string;
  readonly contrast: number;
}

const ENOUGH = 4.5;

/** Measures every visible text of the page's own elements. What is disabled is exempt, as the criterion says. */
export function faintTexts(page: Page): Promise<FaintText[]> {
  return page.evaluate((enough) => {
    const channels = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = ([red = 0, green = 0, blue = 0]: readonly number[]): number => {
      const [r = 0, g = 0, b = 0] = [red, green, blue]
        .map((channel) => channel / 255)
        .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const mixed = (over: readonly number[], under: readonly number[]): number[] => {
      const alpha = over[3] ?? 1;
      return [0, 1, 2].map((index) => alpha * (over[index] ?? 0) + (1 - alpha) * (under[index] ?? 0));
    };
    const backgroundOf = (element: Element): number[] => {
      const layers: number[][] = [];
      for (let each: Element | null = element; each !== null; each = each.parentElement) {
        // The depth bar lies behind the texts of its line.
        const bar = each.querySelector(":scope > .bar");
        if (bar !== null) layers.push(channels(getComputedStyle(bar).backgroundColor));
        layers.push(channels(getComputedStyle(each).backgroundColor));
      }
      return layers.reduceRight((under, over) => mixed(over, under), [255, 255, 255]);
    };
    return [...document.querySelectorAll("#root *")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((element) => element.closest(":disabled, .canvas, .skip, .hidden") === null)
      .filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()),
      )
      .map((element) => {
        const background = backgroundOf(element);
        const color = mixed(channels(getComputedStyle(element).color), background);
        const [high = 0, low = 0] = [luminance(color), luminance(background)].sort((a, b) => b - a);
        const contrast = (high + 0.05) / (low + 0.05);
        return {
          text: element.textContent ?? "",
          color: color.join(),
          background: background.join(),
          contrast,
        };
      })
      .filter(({ contrast }) => contrast < enough);
  }, ENOUGH);
}
