/** The fields of ComicInfo 2.1 that can be edited, in groups, and what each may hold. */

const YES_NO = ['Unknown', 'No', 'Yes'] as const

export interface Field {
  name: string
  kind: 'text' | 'long' | 'number' | 'choice'
  from?: number
  to?: number
  step?: number
  choices?: readonly string[]
}

export type Group = 'issue' | 'date' | 'publication' | 'credits' | 'story' | 'alternate' | 'other'

const text = (name: string): Field => ({ name, kind: 'text' })
const long = (name: string): Field => ({ name, kind: 'long' })
const number = (name: string, from = 0, to = 2 ** 31 - 1): Field => ({ name, kind: 'number', from, to })
const choice = (name: string, choices: readonly string[]): Field => ({ name, kind: 'choice', choices })

export const GROUPS: Record<Group, Field[]> = {
  issue: [
    ...[text('series'), text('number'), text('title'), number('volume'), number('count')],
    ...[text('format'), text('series_group')],
  ],
  date: [number('year', 1, 9999), number('month', 1, 12), number('day', 1, 31)],
  publication: [
    ...[text('publisher'), text('imprint'), text('language_iso'), text('gtin'), text('web')],
    choice('age_rating', [
      ...['Unknown', 'Adults Only 18+', 'Early Childhood', 'Everyone', 'Everyone 10+', 'G'],
      ...['Kids to Adults', 'M', 'MA15+', 'Mature 17+', 'PG', 'R18+', 'Rating Pending', 'Teen'],
      'X18+',
    ]),
    choice('manga', [...YES_NO, 'YesAndRightToLeft']),
    choice('black_and_white', YES_NO),
  ],
  credits: [
    ...[text('writer'), text('penciller'), text('inker'), text('colorist'), text('letterer')],
    ...[text('cover_artist'), text('editor'), text('translator')],
  ],
  story: [
    ...[long('summary'), text('genre'), text('tags'), text('characters'), text('teams')],
    ...[text('locations'), text('main_character_or_team'), text('story_arc')],
    text('story_arc_number'),
  ],
  alternate: [text('alternate_series'), text('alternate_number'), number('alternate_count')],
  other: [
    ...[long('notes'), text('scan_information'), long('review'), number('page_count')],
    { name: 'community_rating', kind: 'number', from: 0, to: 5, step: 0.1 },
  ],
}

/** Those that number the comics of a batch, one after another. */
export const NUMBERING: ReadonlySet<string> = new Set(['number', 'alternate_number', 'story_arc_number'])
