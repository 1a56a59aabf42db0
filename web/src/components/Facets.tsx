import { NativeSelect } from '@mantine/core'

import { useFacets } from '../api/facets'
import { messages } from '../messages'
import type { Show } from '../useView'
import type { View } from '../view'
import classes from './Facets.module.css'

const FACETS = ['publisher', 'series', 'year', 'format', 'folder'] as const

type Facet = (typeof FACETS)[number]

interface Props {
  view: View
  show: Show
}

/** A choice for each facet, with how many comics each value would leave. */
export function Facets({ view, show }: Props) {
  return (
    <div id="facets" className={classes.facets} role="group" aria-label={messages.facets.more}>
      {FACETS.map((facet) => (
        <FacetChoice key={facet} facet={facet} view={view} show={show} />
      ))}
    </div>
  )
}

/** What else could be chosen is counted as if nothing was; but folders lead down into folders. */
function FacetChoice({ facet, view, show }: Props & { facet: Facet }) {
  const counted = useFacets(facet === 'folder' ? view : { ...view, [facet]: null }).data
  const chosen = view[facet] === null ? '' : String(view[facet])
  const values = counted?.[facet] ?? []
  const isKnown = !chosen || values.some(({ value }) => String(value) === chosen)
  const change = (value: string) => {
    const picked = values.find((one) => String(one.value) === value)
    show({ [facet]: picked?.value ?? null })
  }
  return (
    <NativeSelect
      className={classes.facet ?? ''}
      aria-label={messages.facets[facet]}
      value={chosen}
      onChange={({ currentTarget }) => change(currentTarget.value)}
      data={[
        { value: '', label: messages.facets.any[facet] },
        ...(isKnown ? [] : [{ value: chosen, label: chosen }]),
        ...values.map(({ value, files }) => ({
          value: String(value),
          label: messages.facets.counted(written(facet, String(value)), files, counted?.is_exact ?? true),
        })),
      ]}
    />
  )
}

/** Formats are written in capitals. */
function written(facet: Facet, value: string): string {
  return facet === 'format' ? value.toUpperCase() : value
}
