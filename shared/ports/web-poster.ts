/** Sends something to an address that somebody else chose. */
export interface WebPoster {
  /** Never throws. Follows no redirects, and goes to no address of an inner network (`refused`). */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostResult>;
}

export type PostResult =
  | { readonly ok: true; readonly status: number }
  | {
      readonly ok: false;
      /** `refused`: it may never be sent there. `failed`: no answer, or one that asks to try again (429, 5xx). `rejected`: any other answer than 2xx. */
      readonly error: "refused" | "failed" | "rejected";
      readonly message: string;
    };
