/** What is not as sure as the rest, where there is no room for the word: its icon, with the word for who hears the page or points at it. */
export function StandingMark({ icon, word }: { readonly icon: string; readonly word: string }) {
  return (
    <span className="badge provisional" role="img" aria-label={word} title={word}>
      {icon}
    </span>
  );
}
