import type { Browser, Page } from "playwright-core";
import type { Board } from "#dashboards/board.ts";

/** For a condition to come true on a machine that is slow and busy; ms. */
const PATIENCE_MS = 60_000;

/** The operations page in a window of its own, used as somebody on call uses it. */
export class OpsWindow {
  readonly page: Page;
  /** Errors of the console and of scripts. */
  readonly problems: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error") this.problems.push(`${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => this.problems.push(`script: ${error.message}`));
  }

  async openBoard({ id, title }: Pick<Board, "id" | "title">): Promise<void> {
    const boards = this.page.getByRole("navigation", { name: "Boards" });
    await boards.getByRole("link", { name: title.replace("Meridian: ", "") }).click();
    await this.page.locator(`main[data-board="${id}"]`).waitFor();
  }

  /** Of every panel of the board that is shown, once all have an answer: `lines`, `none` (which may be), `empty` or `error`. */
  async panelStates(): Promise<Readonly<Record<string, string>>> {
    await this.page.waitForFunction(() => {
      const panels = [...document.querySelectorAll<HTMLElement>("[data-panel]")];
      return panels.length > 0 && panels.every(({ dataset }) => dataset.state !== "loading");
    });
    const states = await this.page
      .locator("[data-panel]")
      .evaluateAll((panels) => panels.map((panel) => [panel.dataset.panel ?? "", panel.dataset.state ?? ""]));
    return Object.fromEntries(states);
  }

  /** How much wider than the window the page is. */
  overhang(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

/** Opens the page with the link that `npm start -- --observe` prints. */
export async function openOpsWindow(
  browser: Browser,
  url: string,
  token: string,
  { width = 1440, theme = "light" }: { readonly width?: number; readonly theme?: "light" | "dark" } = {},
): Promise<OpsWindow> {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme: theme });
  context.setDefaultTimeout(PATIENCE_MS);
  const window = new OpsWindow(await context.newPage());
  await window.page.goto(`${url}/ops#token=${token}`);
  await window.page.getByRole("region", { name: "How things stand" }).waitFor();
  return window;
}
