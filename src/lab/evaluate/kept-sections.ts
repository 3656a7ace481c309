/** What a page says of the predictor whose training it repeats. */
export function shippedAs(target: string, version: string): string {
  return `What trains so ships as \`${target}\` ${version}.`;
}

/** What a section says that a run took over from the page before, which names its predictor's version or does not. */
const KEPT = /^Kept from the page (before|of \d+\.\d+\.\d+), not made again\./;

function keptOf(introduction: string): string {
  const version = /What trains so ships as `[^`]+` (\d+\.\d+\.\d+)\./.exec(introduction)?.[1];
  return `Kept from the page ${version === undefined ? "before" : `of ${version}`}, not made again.`;
}

export interface PageSection {
  /** With its `## `. */
  readonly heading: string;
  readonly text: string;
}

/**
 * A page of some sections, with those that only the page before has, where it had them; each says so. Pages of other data have nothing to
 * keep: the two must name the same. A section that was kept once says still which page it is of.
 *
 * @param dataLine what both pages hold that names their data
 */
export function withKeptSections(now: string, before: string, dataLine: string): string {
  if (!before.includes(dataLine)) return now;
  const made = sectionsOf(now);
  const { introduction, sections } = sectionsOf(before);
  const kept = keptOf(introduction);
  const merged = sections.map((section) => made.sections.find(({ heading }) => heading === section.heading) ?? marked(section, kept));
  made.sections.forEach((section, i) => {
    if (merged.includes(section)) return;
    // What the page before did not have follows what it follows now.
    const previous = made.sections[i - 1];
    merged.splice(previous === undefined ? 0 : merged.indexOf(previous) + 1, 0, section);
  });
  return `${[made.introduction, ...merged.map(({ heading, text }) => `${heading}\n\n${text}`)].join("\n\n")}\n`;
}

/** A page by its headings of the second level. */
export function sectionsOf(page: string): { readonly introduction: string; readonly sections: readonly PageSection[] } {
  const [introduction = "", ...sections] = page.split(/^(?=## )/m);
  return {
    introduction: introduction.trim(),
    sections: sections.map((section) => {
      const end = section.indexOf("\n");
      return { heading: section.slice(0, end === -1 ? undefined : end).trim(), text: end === -1 ? "" : section.slice(end).trim() };
    }),
  };
}

function marked({ heading, text }: PageSection, kept: string): PageSection {
  return { heading, text: KEPT.test(text) ? text : `${kept}\n\n${text}` };
}
