/** A part of a page that is written from the code, between two comments. */
export interface MarkedPart {
  readonly begin: string;
  readonly end: string;
}

const OVERVIEW: MarkedPart = {
  begin: "<!-- overview: npm run infra -- graph --env prod --write -->",
  end: "<!-- end of overview -->",
};

/** The page with its drawn part replaced. */
export function withOverview(page: string, text: string): string {
  return withPart(page, OVERVIEW, text);
}

/** The drawn part of the page, to be compared. */
export function overviewOf(page: string): string {
  return partOf(page, OVERVIEW);
}

export function withPart(page: string, { begin, end }: MarkedPart, text: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n${page.slice(to)}`;
}

export function partOf(page: string, { begin, end }: MarkedPart): string {
  return page.slice(page.indexOf(begin) + begin.length, page.indexOf(end)).trim();
}
