/** What is to become of groups of copies: which copy of each is kept, and which groups are settled together. */

import { useState } from 'react'

import type { DuplicateGroup } from './api/shapes'

type Copy = DuplicateGroup['files'][number]

/** A group as it is to be settled. */
export interface Settled {
  keep: Copy
  others: Copy[]
  why: string[] | null // sentences; null if somebody has chosen the copy against the proposal
}

export function keyOf({ files }: DuplicateGroup): string {
  return files.map(({ id }) => id).join()
}

/** For each group that is listed: the copy that is kept, and whether the group is chosen. */
export function useSettling(groups: DuplicateGroup[]) {
  const [kept, setKept] = useState<ReadonlyMap<string, number>>(new Map())
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const listed = groups.map(keyOf)
  const isChosen = (group: DuplicateGroup) => chosen.has(keyOf(group))
  const keptOf = (group: DuplicateGroup) => kept.get(keyOf(group)) ?? group.keep
  const number = groups.filter(isChosen).length
  const toggle = (group: DuplicateGroup) => {
    const next = new Set(chosen)
    if (!next.delete(keyOf(group))) next.add(keyOf(group))
    setChosen(next)
  }
  return {
    isChosen,
    keptOf,
    toggle,
    number, // of groups that are chosen
    all: number === groups.length ? true : number > 0 ? ('some' as const) : false,
    toggleAll: () => setChosen(new Set(number < groups.length ? listed : [])),
    clear: () => setChosen(new Set()),
    keep: (group: DuplicateGroup, id: number) => setKept(new Map(kept).set(keyOf(group), id)),
    settled: () => groups.filter(isChosen).map((group) => settle(group, keptOf(group))),
  }
}

export type Settling = ReturnType<typeof useSettling>

function settle(group: DuplicateGroup, kept: number): Settled {
  const keep = group.files.find(({ id }) => id === kept) ?? group.files[0]
  if (!keep) throw new Error('a group of copies has no copy')
  const others = group.files.filter((file) => file !== keep)
  return { keep, others, why: keep.id === group.keep ? group.reasons : null }
}

/** The copies that go: what one group keeps stays, even if another does not keep it. */
export function leaving(groups: Settled[]): number[] {
  const kept = new Set(groups.map(({ keep }) => keep.id))
  const others = groups.flatMap((group) => group.others.map(({ id }) => id))
  return [...new Set(others)].filter((id) => !kept.has(id))
}
