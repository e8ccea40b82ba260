import type { MarketsById } from "#services/serverless-door/door-statuses.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Mailer } from "#shared/ports/mailer.ts";
import type { Notice, NoticeStore } from "#shared/ports/notice-store.ts";
import type { WebPoster } from "#shared/ports/web-poster.ts";
import { mailText } from "./mail-text.ts";
import type { NoticeContent } from "./notices-of.ts";
import type { UnsubscribeLinks } from "./unsubscribe-links.ts";
import { signWebhook } from "./webhook-signature.ts";

/** How mails are written and sent. */
export interface MailSending {
  readonly mailer: Mailer;
  readonly links: Pick<UnsubscribeLinks, "urlOf">;
  /** In whose units amounts are told. */
  readonly markets: MarketsById;
}

export interface NoticeSenderDependencies {
  readonly store: Pick<NoticeStore, "due" | "settle" | "postpone">;
  readonly poster: WebPoster;
  readonly mail: MailSending;
  readonly clock: Clock;
  /** Told of a notice that will not be tried again. */
  readonly onGivenUp: (notice: Notice, reason: string) => void;
  readonly onFailure: (error: unknown) => void;
}

/** The first try and those after it: about an hour in all. */
export const RETRY_DELAYS_MS = [1000, 5000, 30_000, 120_000, 600_000, 1_200_000, 1_800_000] as const;
/** Receivers that are waited for at the same time. */
const CONCURRENT_MAX = 16;
const LOOK_MS = 500;
/** A try has ended by then: a receiver is waited for 5 s. */
const HOLD_MS = 60_000;

type Try = { readonly ok: true } | { readonly ok: false; readonly again: boolean; readonly reason: string };

/** Sends what is written down: each subscription in order, at least once, with bounded retries; the name in it says what a receiver has had already. */
export class NoticeSender {
  readonly #dependencies: NoticeSenderDependencies;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(dependencies: NoticeSenderDependencies) {
    this.#dependencies = dependencies;
  }

  /** Looks for what is due, now and again and again. */
  wake(): void {
    if (this.#isStopped || this.#running !== undefined) return;
    const { clock, onFailure } = this.#dependencies;
    this.#timer?.cancel();
    this.#running = this.sendDue(() => !this.#isStopped)
      .catch((error: unknown) => {
        if (!this.#isStopped) onFailure(error);
      })
      .finally(() => {
        this.#running = undefined;
        if (!this.#isStopped) this.#timer = clock.schedule(LOOK_MS, () => this.wake());
      });
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  /** Sends all that is due now, and what becomes due behind it, while it may go on. */
  async sendDue(mayGoOn: () => boolean): Promise<void> {
    const { store, clock } = this.#dependencies;
    while (mayGoOn()) {
      const due = await store.due(clock.now(), CONCURRENT_MAX, HOLD_MS);
      if (due.length === 0) return;
      await Promise.all(due.map((notice) => this.#tell(notice)));
    }
  }

  async #tell(notice: Notice): Promise<void> {
    const { store, clock, onGivenUp } = this.#dependencies;
    const tried = notice.to.channel === "webhook" ? await this.#post(notice) : await this.#mail(notice);
    if (tried.ok) return store.settle(notice, "told", clock.now());
    const delayMs = tried.again ? RETRY_DELAYS_MS[notice.attempts] : undefined;
    if (delayMs !== undefined) return store.postpone(notice, clock.now() + delayMs);
    onGivenUp(notice, tried.reason);
    return store.settle(notice, "given-up", clock.now());
  }

  async #post({ to, body, name, attempts }: Notice): Promise<Try> {
    const { poster, clock } = this.#dependencies;
    const headers = {
      "Content-Type": "application/json",
      "X-Meridian-Event": name,
      "X-Meridian-Attempt": String(attempts + 1),
      "X-Meridian-Signature": signWebhook(to.secret, body, Math.floor(clock.now() / 1000)),
    };
    const result = await poster.post(to.target, headers, body);
    return result.ok ? { ok: true } : { ok: false, again: result.error === "failed", reason: result.message };
  }

  async #mail({ to, body, name, subscription }: Notice): Promise<Try> {
    const { mailer, links, markets } = this.#dependencies.mail;
    const { subject, lines } = mailText(JSON.parse(body) as NoticeContent, markets);
    const unsubscribeUrl = await links.urlOf({ account: to.account, id: subscription });
    return mailer.send({
      to: to.target,
      subject,
      text: [...lines, "", `You asked for mails like this one. To end them: ${unsubscribeUrl}`].join("\n"),
      id: `${subscription}/${name}`,
      unsubscribeUrl,
    });
  }
}
