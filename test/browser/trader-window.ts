import type { Browser, ConsoleMessage, Locator, Page } from "playwright-core";
import { eventually } from "#test/support/eventually.ts";

/** For a condition to come true on a machine that is slow and busy; ms. */
const PATIENCE_MS = 60_000;

export interface WindowOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
  readonly reducedMotion?: boolean;
}

export interface TicketEntry {
  readonly side: "Buy" | "Sell";
  readonly kind?: "Limit" | "Market" | "Post only";
  readonly price?: string;
  readonly quantity: string;
}

export type AdvancedKind = "Stop" | "Take profit" | "OCO" | "OTO" | "OTOCO";

/** A browser window with the page in it, used as a trader uses it: by what is written on it. */
export class TraderWindow {
  readonly page: Page;
  /** Errors of the console (violations of the content security policy among them) and of scripts. */
  readonly problems: string[] = [];
  /** Times that the page was loaded. */
  loads = 0;

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.problems.push(textOf(message));
    });
    page.on("pageerror", (error) => this.problems.push(`script: ${error.message}`));
    page.on("load", () => {
      this.loads++;
    });
  }

  /** Forgets that requests of this path were refused for now (503, 504), which the browser tells on the console: for a test that expects it. */
  forgetRefusedForNow(path: string): void {
    const isExpected = (problem: string) => /status of (503|504)/.test(problem) && problem.endsWith(path);
    this.problems.splice(0, this.problems.length, ...this.problems.filter((problem) => !isExpected(problem)));
  }

  get ticket(): Locator {
    return this.page.getByRole("region", { name: "Order ticket" });
  }

  get orders(): Locator {
    return this.page.getByRole("region", { name: "Orders", exact: true });
  }

  get wallet(): Locator {
    return this.page.getByRole("region", { name: "Balances" });
  }

  get book(): Locator {
    return this.page.getByRole("region", { name: "Order book" });
  }

  get tape(): Locator {
    return this.page.getByRole("region", { name: "Trades" });
  }

  /** From now on notes whether a text comes up in what a selector finds; `hasSeen` says so, also when it is gone again. */
  async watchFor(selector: string, text: string): Promise<void> {
    await this.page.evaluate(
      ([selector, text]) => {
        const look = () => {
          const found = [...document.querySelectorAll(selector)].some((each) =>
            each.textContent.includes(text),
          );
          if (found)
            document.documentElement.dataset.seen = `${document.documentElement.dataset.seen ?? ""}${text};`;
          if (found) observer.disconnect();
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { childList: true, subtree: true, characterData: true });
        look();
      },
      [selector, text] as const,
    );
  }

  /** Waits until a watched text has come up, if it has not yet. */
  async hasSeen(text: string): Promise<void> {
    await this.page.waitForFunction(
      (text) => document.documentElement.dataset.seen?.includes(`${text};`),
      text,
    );
  }

  /** Waits until the connection stands. */
  async live(): Promise<void> {
    await this.page.getByLabel("Connection").getByText("Live").waitFor();
  }

  async signUp(name: string): Promise<void> {
    await this.page.getByRole("button", { name: "Sign up", exact: true }).click();
    const dialog = this.page.getByRole("dialog");
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByLabel("Password").fill(`correct horse ${name}`);
    await dialog.getByRole("button", { name: "Create the account" }).click();
    await this.page.getByRole("button", { name }).waitFor();
  }

  async signIn(name: string): Promise<void> {
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
    const dialog = this.page.getByRole("dialog");
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByLabel("Password").fill(`correct horse ${name}`);
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await this.page.getByRole("button", { name }).waitFor();
  }

  /** Test funds, until all of them are seen. */
  async takeFunds(): Promise<void> {
    await this.wallet.getByRole("button", { name: "Get test funds" }).click();
    for (const asset of ["AAPL", "BTC", "ETH", "SOL", "USD", "USDT"])
      await this.wallet.locator(`tr[data-asset="${asset}"]`).waitFor();
  }

  /** The same where Regions are only finding each other, or are slow: a gift may be refused for now, and asked for again it is the same one. */
  async takeFundsInTime(): Promise<void> {
    await eventually(async () => {
      const answer = this.page.waitForResponse((response) => response.url().endsWith("/faucet"));
      await this.wallet.getByRole("button", { name: "Get test funds" }).first().click();
      return (await answer).ok();
    });
    for (const asset of ["BTC", "USDT"]) await this.wallet.locator(`tr[data-asset="${asset}"]`).waitFor();
    this.forgetRefusedForNow("/meridian/v1/faucet");
  }

  /** Fills the ticket in. */
  async fillTicket({ side, kind = "Limit", price, quantity }: TicketEntry): Promise<void> {
    await this.ticket.getByRole("button", { name: side, exact: true }).click();
    await this.ticket.getByRole("button", { name: kind, exact: true }).click();
    if (price !== undefined) await this.ticket.getByLabel("Price").fill(price);
    await this.ticket.getByLabel("Quantity").fill(quantity);
  }

  /** Chooses what is placed among the advanced kinds, whose part it opens where it is not. */
  async chooseAdvanced(side: "Buy" | "Sell", kind: AdvancedKind): Promise<void> {
    await this.ticket.getByRole("button", { name: side, exact: true }).click();
    await this.openAdvanced();
    await this.ticket.getByRole("button", { name: kind, exact: true }).click();
  }

  async openAdvanced(): Promise<void> {
    const toggle = this.ticket.getByRole("button", { name: "Advanced" });
    if ((await toggle.getAttribute("aria-expanded")) === "false") await toggle.click();
  }

  /** The fields of one order of a list. */
  leg(name: "Profit" | "Stop" | "Second order"): Locator {
    return this.ticket.getByRole("group", { name, exact: true });
  }

  /** Fills the ticket in and sends it; waits until the exchange has taken the order. */
  async place(entry: TicketEntry): Promise<void> {
    await this.fillTicket(entry);
    await this.sendAndBeTaken();
  }

  /** Sends what is filled in; waits until the exchange has taken it, which empties the quantity. */
  async sendAndBeTaken(): Promise<void> {
    await this.send();
    await this.page.waitForFunction(
      () => (document.getElementById("quantity") as HTMLInputElement | null)?.value === "",
    );
  }

  async send(): Promise<void> {
    await this.ticket.getByRole("button", { name: /^(Buy|Sell) [A-Z]/ }).click();
  }

  async openTab(name: "Open orders" | "History" | "Fills" | "Adjustments"): Promise<void> {
    await this.orders.getByRole("tab", { name }).click();
  }

  /** A line of the orders panel that has all these texts, in any column. */
  orderRow(...texts: readonly string[]): Locator {
    return texts.reduce(
      (rows, text) => rows.filter({ has: this.page.getByText(text, { exact: true }) }),
      this.orders.getByRole("row"),
    );
  }

  /** Waits until the wallet says exactly this. Amounts as the page writes them. */
  async expectBalance(asset: string, free: string, locked: string): Promise<void> {
    const row = this.wallet.locator(`tr[data-asset="${asset}"]`);
    const written = row.filter({ has: this.page.locator(`td:nth-child(2):text-is("${free}")`) });
    const both = written.filter({ has: this.page.locator(`td:nth-child(3):text-is("${locked}")`) });
    await both.waitFor().catch(async () => {
      throw new Error(
        `expected ${asset} ${free} + ${locked}, but the wallet says: ${await row.textContent()}`,
      );
    });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

export async function openTraderWindow(
  browser: Browser,
  url: string,
  options: WindowOptions = {},
): Promise<TraderWindow> {
  const { width = 1440, height = 900, theme = "light", reducedMotion = false } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const window = new TraderWindow(await context.newPage());
  await window.page.goto(url);
  await window.live();
  return window;
}

function textOf(message: ConsoleMessage): string {
  const { url } = message.location();
  return `${message.type()}: ${message.text()} ${url}`;
}
