/** What a section says that a run took over from the page before. */
export const KEPT = "Kept from the page before, not made again.";

interface PageSection {
  readonly heading: string;
  readonly text: string;
}

/**
 * A page of some sections, with those that only the page before has, where it had them; each says so. Pages of other data have nothing to
 * keep: the two must name the same.
 *
 * @param dataLine what both pages hold that names their data
 */
export function withKeptSections(now: string, before: string, dataLine: string): string {
  if (!before.includes(dataLine)) return now;
  const made = sectionsOf(now);
  const merged = sectionsOf(before).sections.map((section) => made.sections.find(({ heading }) => heading === section.heading) ?? marked(section));
  made.sections.forEach((section, i) => {
    if (merged.includes(section)) return;
    // What the page before did not have follows what it follows now.
    const previous = made.sections[i - 1];
    merged.splice(previous === undefined ? 0 : merged.indexOf(previous) + 1, 0, section);
  });
  return `${[made.introduction, ...merged.map(({ heading, text }) => `${heading}\n\n${text}`)].join("\n\n")}\n`;
}

function sectionsOf(page: string): { readonly introduction: string; readonly sections: readonly PageSection[] } {
  const [introduction = "", ...sections] = page.split(/^(?=## )/m);
  return {
    introduction: introduction.trim(),
    sections: sections.map((section) => {
      const end = section.indexOf("\n");
      return { heading: section.slice(0, end === -1 ? undefined : end).trim(), text: end === -1 ? "" : section.slice(end).trim() };
    }),
  };
}

function marked({ heading, text }: PageSection): PageSection {
  return { heading, text: text.startsWith(KEPT) ? text : `${KEPT}\n\n${text}` };
}
