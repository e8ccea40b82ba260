const STRUCK = "[redacted]";

/** By their form: session tokens (JWTs); API keys and their secrets, webhook secrets and signatures (64 letters and digits); what is named as one. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, STRUCK],
  [/\b[0-9A-Za-z]{64}\b/g, STRUCK],
  [/\b(Bearer\s+)[^\s"',;]+/gi, `$1${STRUCK}`],
  [
    /\b(\w*(?:password|secret|token|signature|apikey|api_key|authorization|cookie))(["']?\s*[=:]\s*["']?)(?!\[redacted\]|Bearer )[^\s"'&,;}]+/gi,
    `$1$2${STRUCK}`,
  ],
];
/** A shorter text could be part of anything. */
const SECRET_CHARACTERS_MIN = 8;

/** Strikes out of a text what is a secret: by its form, and whatever is among the given ones. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter(({ length }) => length >= SECRET_CHARACTERS_MIN);
  return (text) => {
    let safe = text;
    for (const secret of known) safe = safe.replaceAll(secret, STRUCK);
    for (const [form, instead] of FORMS) safe = safe.replace(form, instead);
    return safe;
  };
}
