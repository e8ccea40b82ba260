import type { KlineMessage } from "#shared/protocol/socket.ts";
import { ApiFailure, callApi, callMeridian } from "./api.ts";
import { Clicks } from "./clicks.ts";
import { Connection } from "./connection.ts";
import { Experience } from "./experience.ts";
import { cookieOfPlace, type PlaceName } from "./location.ts";
import { MarketFeed } from "./market-feed.ts";
import { loadMarkets } from "./market-info.ts";
import { type OrderRequest, placeOrder } from "./place-order.ts";
import { RegionFeed } from "./region-feed.ts";
import { remember, remembered } from "./remembered.ts";
import { SIGNED_OUT, type Store } from "./store.ts";
import type { Session } from "./types.ts";
import { untilAnswered } from "./until-answered.ts";
import { UserFeed } from "./user-feed.ts";

/** An order that is not accepted after this is told to be late; ms. */
const ACCEPT_MS = 1000;

/** Set while this browser holds a session; the cookie itself is hidden from scripts. */
const SIGNED_IN_KEY = "meridian-signed-in";

/** The page's side of the exchange: what it follows, and the calls that act. */
export class Exchange {
  readonly #store: Store;
  readonly #connection: Connection;
  readonly #market: MarketFeed;
  readonly #user: UserFeed;
  readonly #regions: RegionFeed;
  readonly #experience: Experience;
  readonly #clicks = new Clicks();

  constructor(store: Store) {
    this.#store = store;
    this.#connection = new Connection(store);
    this.#market = new MarketFeed(store, this.#connection.socket);
    this.#user = new UserFeed(store, this.#connection.socket);
    this.#regions = new RegionFeed(store, this.#connection.socket);
    this.#regions.listen();
    this.#experience = new Experience(this.#connection.socket);
  }

  /** Goes live at once, and loads the markets and who is signed in at the same time. Throws `ApiFailure`. */
  async start(): Promise<void> {
    const asked = symbolOfAddress();
    if (asked !== undefined) this.#store.set({ symbol: asked });
    this.#experience.start();
    this.#clicks.start();
    this.#connection.start({
      onLive: () => {
        this.#market.follow();
        this.#followUser();
      },
      onDenied: () => this.#loseSession(),
    });
    window.addEventListener("storage", ({ key }) => {
      // Signed in or out in another window of this browser: the cookie is theirs and ours.
      if (key === SIGNED_IN_KEY) void this.#loadSession().then(() => this.#connection.renew());
    });
    await Promise.all([this.#loadMarkets(), this.#loadSession()]);
    this.#followUser();
  }

  /** Shows another market. */
  show(symbol: string): void {
    history.replaceState(null, "", `#${symbol}`);
    this.#market.show(symbol);
  }

  /** Follows the candles of an interval of the shown market; the answer ends it. */
  followKlines(interval: string, listener: (kline: KlineMessage) => void): () => void {
    return this.#market.followKlines(interval, listener);
  }

  /** Throws `ApiFailure`. */
  async signIn(kind: "sign-in" | "sign-up", name: string, password: string): Promise<void> {
    const { user, account } = await callMeridian<Session>("POST", `/${kind}`, { name, password });
    remember(SIGNED_IN_KEY, user);
    this.#changeSession({ user, account });
    this.#connection.renew();
  }

  async signOut(): Promise<void> {
    if (!(await this.#told(callMeridian("POST", "/sign-out", {})))) return;
    remember(SIGNED_IN_KEY, undefined);
    this.#changeSession(undefined);
    this.#connection.renew();
  }

  async takeTestFunds(): Promise<void> {
    if (await this.#told(callMeridian("POST", "/faucet", {})))
      this.#store.notify("good", "Test funds are in your account.");
  }

  /** Places an order, a list or a replacement; `onRetry` is told when it is sent again. Throws `ApiFailure`. */
  async place(order: OrderRequest, onRetry: () => void): Promise<void> {
    const count = (by: 1 | -1) => this.#store.set({ lateOrders: this.#store.get().lateOrders + by });
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      count(1);
    }, ACCEPT_MS);
    try {
      // The gateway tells the feeds first and then answers: with the answer the page has the status.
      await this.#experience.ofOrder(
        this.#clicks.measure(
          (click) => placeOrder(order, click, onRetry),
          (error) => (isUnanswered(error) ? "unanswered" : "refused"),
        ),
        isUnanswered,
      );
    } finally {
      clearTimeout(late);
      if (isLate) count(-1);
    }
  }

  /** Says where the client is: the edge takes it to the Region nearest to there. */
  moveTo(place: PlaceName | undefined): void {
    // biome-ignore lint/suspicious/noDocumentCookie: the cookie store does not exist outside of secure contexts
    document.cookie = cookieOfPlace(place);
    this.#connection.renew();
  }

  /** Lowers an order's quantity; it keeps its place in the queue. Throws `ApiFailure`. */
  async amend(symbol: string, orderId: number, newQty: string): Promise<void> {
    await callApi("PUT", "/api/v3/order/amend/keepPriority", { symbol, orderId, newQty });
  }

  /** Cancels an order, with the whole list that it is part of. Resolves when it is answered; a refusal is told to the user. */
  async cancel(symbol: string, orderId: number): Promise<void> {
    await this.#told(callApi("DELETE", "/api/v3/order", { symbol, orderId }));
  }

  async cancelAll(symbol: string): Promise<void> {
    await this.#told(callApi("DELETE", "/api/v3/openOrders", { symbol }));
  }

  /** True if the call went well; otherwise the user has been told. */
  async #told(call: Promise<unknown>): Promise<boolean> {
    try {
      await call;
      return true;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      this.#store.notify("bad", error.message);
      return false;
    }
  }

  async #loadMarkets(): Promise<void> {
    const symbols = await untilAnswered(loadMarkets);
    this.#store.set({ symbols });
    const { symbol } = this.#store.get();
    const [first] = symbols;
    if (first !== undefined && !symbols.some((each) => each.symbol === symbol)) this.show(first.symbol);
    this.#market.followTickers();
  }

  async #loadSession(): Promise<void> {
    if (remembered(SIGNED_IN_KEY) === undefined) {
      this.#changeSession(undefined);
      return;
    }
    try {
      this.#changeSession(await untilAnswered(() => callMeridian<Session>("GET", "/session")));
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      remember(SIGNED_IN_KEY, undefined);
      this.#changeSession(undefined);
    }
  }

  /** The gateway does not know the page's session (any more): without the cookie it gives what everybody may see. */
  async #loseSession(): Promise<void> {
    await untilAnswered(() => callMeridian("POST", "/sign-out", {}));
    if (remembered(SIGNED_IN_KEY) !== undefined) {
      remember(SIGNED_IN_KEY, undefined);
      this.#store.notify("bad", "Your session has ended. Sign in again.");
    }
    this.#changeSession(undefined);
  }

  #changeSession(session: Session | undefined): void {
    const { session: before } = this.#store.get();
    if (session !== undefined && before !== "unknown" && before?.account === session.account) return;
    this.#user.forget();
    this.#store.set({ ...SIGNED_OUT, session });
  }

  /** Once the connection stands, the markets are known and somebody is signed in. */
  #followUser(): void {
    const { session, symbols } = this.#store.get();
    const isKnown = session !== undefined && session !== "unknown" && symbols.length > 0;
    if (!isKnown || !this.#connection.socket.connected) return;
    this.#user.follow();
    void this.#regions.follow();
  }
}

/** The market that the address names: `/#ETHUSDT`. */
function symbolOfAddress(): string | undefined {
  return /^#([A-Z0-9]{5,20})$/.exec(location.hash)?.[1];
}

/** Nobody knows what became of it, or the exchange was overloaded all the time. */
function isUnanswered(error: unknown): boolean {
  return error instanceof ApiFailure && error.isPassing;
}
