const KEY = "meridian-ops-token";

/** Takes the token out of the link that `npm start -- --observe` printed. It was behind the #, so no server saw it; now no history does either. */
export function takeTokenFromAddress(): void {
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (token === undefined) return;
  rememberToken(token);
  history.replaceState(null, "", location.pathname);
}

/** For as long as this tab is open. */
export function rememberToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // A browser that keeps nothing asks again.
  }
}

export function rememberedToken(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}
