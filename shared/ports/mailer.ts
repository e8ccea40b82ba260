/** Sends mail. */
export interface Mailer {
  /** Never throws; `false`: not taken, try again. */
  send(mail: Mail): Promise<boolean>;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same for the same mail sent again. */
  readonly id: string;
}
