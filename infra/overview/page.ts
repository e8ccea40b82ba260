const BEGIN = "<!-- overview: npm run infra -- graph --env prod --write -->";
const END = "<!-- end of overview -->";

/** The page with its drawn part replaced. */
export function withOverview(page: string, text: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} … ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n${page.slice(end)}`;
}

/** The drawn part of the page, to be compared. */
export function overviewOf(page: string): string {
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();
}
