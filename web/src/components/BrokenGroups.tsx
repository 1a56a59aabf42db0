import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'

import { idsOf } from '../api/queries'
import type { Share } from '../api/shapes'
import { explain } from '../mending'
import { messages } from '../messages'
import { choose } from '../selection'
import type { Show } from '../useView'
import { DEFAULTS } from '../view'
import classes from './BrokenGroups.module.css'
import { For } from './For'
import common from './places/places.module.css'
import { ProblemAlert } from './ProblemAlert'

const texts = messages.broken

interface Props {
  groups: Share[] // reasons, and how many comics could not be read for each
  reason: string | null // whose comics are shown
  show: Show
}

/** Why comics could not be read: how many for each reason, how to mend them, and all of them to be chosen. */
export function BrokenGroups({ groups, reason, show }: Props) {
  return (
    <section aria-label={texts.reasons}>
      <h3 className={classes.title}>{texts.reasons}</h3>
      <ul className={common.rows}>
        {groups.map((group) => (
          <Group key={group.value} group={group} isShown={group.value === reason} show={show} />
        ))}
      </ul>
    </section>
  )
}

function Group({ group, isShown, show }: { group: Share; isShown: boolean; show: Show }) {
  const client = useQueryClient()
  const all = useMutation({
    mutationFn: () => client.fetchQuery(idsOf({ ...DEFAULTS, fault: true, reason: group.value })),
    onSuccess: (ids) => choose(ids, true),
  })
  const { what, how } = explain(group.value)
  return (
    <li className={`${common.row} ${classes.group}`} data-shown={isShown}>
      <strong className={classes.number}>{messages.counts.all(group.files)}</strong>
      <div className={common.what}>
        <span>{what}</span>
        <span className={common.soft}>{how}</span>
      </div>
      <div className={common.buttons}>
        <Button
          size="xs"
          variant="default"
          aria-pressed={isShown}
          aria-label={texts.named(texts.only, what)}
          onClick={() => show({ reason: isShown ? null : group.value })}
        >
          {texts.only}
        </Button>
        <For role="editor">
          <Button
            size="xs"
            variant="default"
            aria-label={texts.named(texts.choose(group.files), what)}
            loading={all.isPending}
            onClick={() => all.mutate()}
          >
            {texts.choose(group.files)}
          </Button>
        </For>
      </div>
      {all.error && <ProblemAlert error={all.error} onRetry={() => all.mutate()} />}
    </li>
  )
}
