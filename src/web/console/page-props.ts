/** What the router hands to a page. */
export type PageProps = {
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
};
