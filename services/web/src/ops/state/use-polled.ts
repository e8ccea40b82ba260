import { useEffect, useState } from "react";
import { rememberedToken } from "./token.ts";

/** Why there is no answer. */
export type Problem =
  /** Nobody said who looks, or a wrong token. */
  | { readonly kind: "signed-out" }
  /** The platform runs without `--observe`. */
  | { readonly kind: "not-watched" }
  | { readonly kind: "failed"; readonly words: string };

/** The last answer, and what is wrong with the newest one. */
export interface Polled<T> {
  readonly value?: T;
  readonly problem?: Problem;
}

/**
 * Asks a path again and again while somebody looks. What was answered last stays while there is no newer answer. Another path, or another `key`, asks at once.
 */
export function usePolled<T>(path: string, everyMs: number, key: unknown = ""): Polled<T> {
  const [polled, setPolled] = useState<Polled<T>>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key asks anew, as its name says
  useEffect(() => {
    setPolled({});
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const answer = document.hidden ? {} : await answerOf<T>(path, gone.signal);
      if (gone.signal.aborted) return;
      setPolled((last) => ("value" in answer ? answer : { ...last, ...answer }));
      timer = setTimeout(ask, everyMs);
    };
    const onShown = () => {
      if (document.hidden) return;
      clearTimeout(timer);
      void ask();
    };
    document.addEventListener("visibilitychange", onShown);
    void ask();
    return () => {
      gone.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onShown);
    };
  }, [path, everyMs, key]);
  return polled;
}

async function answerOf<T>(path: string, signal: AbortSignal): Promise<Polled<T>> {
  try {
    const response = await fetch(path, { headers: { Authorization: `Bearer ${rememberedToken()}` }, signal });
    if (response.ok) return { value: (await response.json()) as T };
    if (response.status === 401) return { problem: { kind: "signed-out" } };
    if (response.status === 404) return { problem: { kind: "not-watched" } };
    const { msg } = (await response.json()) as { msg?: string };
    return { problem: { kind: "failed", words: msg ?? `the answer was ${response.status}` } };
  } catch {
    return { problem: { kind: "failed", words: "the platform does not answer" } };
  }
}
