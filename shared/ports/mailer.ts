/** Sends mail. */
export interface Mailer {
  /** Never throws. What was sent may be sent again by whoever does not know: a mail carries an id that says so. */
  send(mail: Mail): Promise<MailResult>;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same for the same mail sent again. */
  readonly id: string;
  /** Where whoever gets it ends that, by one POST (RFC 8058); none for a mail that was asked for. */
  readonly unsubscribeUrl?: string;
}

export type MailResult =
  | { readonly ok: true }
  /** `again`: it may be taken later. */
  | { readonly ok: false; readonly again: boolean; readonly reason: string };
