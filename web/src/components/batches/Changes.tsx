import { VisuallyHidden } from '@mantine/core'

import type { Values } from '../../api/shapes'
import { messages } from '../../messages'
import { lines } from './changes'
import classes from './Changes.module.css'

/** Old and new of each field that differs: struck out and underlined, for colours alone say little. */
export function Changes({ before, after }: { before: Values | null; after: Values | null }) {
  return (
    <dl className={classes.changes}>
      {lines(before, after).map((line) => (
        <div key={line.field}>
          <dt>{line.name}</dt>
          <dd>
            {line.old && <Old text={line.old} />}
            {line.old && line.new && <span aria-hidden="true">→</span>}
            {line.new && <New text={line.new} />}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Old({ text }: { text: string }) {
  return (
    <del className={classes.old}>
      <VisuallyHidden>{messages.batch.was} </VisuallyHidden>
      {text}
    </del>
  )
}

function New({ text }: { text: string }) {
  return (
    <ins className={classes.new}>
      <VisuallyHidden>{messages.batch.becomes} </VisuallyHidden>
      {text}
    </ins>
  )
}
