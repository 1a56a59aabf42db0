/** Edits of tags that are staged: what is to be done to each field, before anything is. */

import type { Edit } from '../../api/shapes'

export type Do = 'keep' | Edit['do']

/** What stands in a field's inputs, whichever of them its way of editing needs. */
export interface FieldDraft {
  do: Do
  value: string
  find: string
  by: string
  wildcards: boolean
  ignoreCase: boolean
  step: string
}

/** By field; one that is not named is kept. */
export type Draft = Readonly<Record<string, FieldDraft>>

export const KEPT: FieldDraft = {
  do: 'keep',
  value: '',
  find: '',
  by: '',
  wildcards: false,
  ignoreCase: false,
  step: '1',
}

/** The edits of a draft, in the order of its fields; what is not filled in changes nothing. */
export function edits(draft: Draft): Edit[] {
  return Object.entries(draft).flatMap(([field, one]) => write(field, one) ?? [])
}

function write(field: string, one: FieldDraft): Edit | null {
  switch (one.do) {
    case 'keep':
      return null
    case 'set':
    case 'fill':
      return one.value === '' ? null : { do: one.do, field, value: one.value }
    case 'clear':
      return { do: 'clear', field }
    case 'replace': {
      const { find, by, wildcards, ignoreCase } = one
      return find === '' ? null : { do: 'replace', field, find, by, wildcards, ignore_case: ignoreCase }
    }
    case 'renumber':
      return { do: 'renumber', field: field as 'number', start: one.value || '1', step: Number(one.step) || 1 }
    case 'number_from_name':
      return { do: 'number_from_name', field: 'number' }
  }
}
