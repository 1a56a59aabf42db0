import { Kbd } from '@mantine/core'

import { messages } from '../messages'
import classes from './KeysHelp.module.css'

const texts = messages.keys

/** The keys that each do the same, and what that is. */
const KEYS: [string[], string][] = [
  [['/'], texts.search],
  [['j', '↓'], texts.next],
  [['k', '↑'], texts.previous],
  [['Enter'], texts.open],
  [[texts.space], texts.choose],
  [['Shift + ↓', 'Shift + ↑'], texts.chooseOn],
  [[texts.shiftClick], texts.chooseRange],
  [['←', '→'], texts.pages],
  [['Esc'], texts.escape],
  [['?'], texts.help],
]

/** Every key that the list knows. */
export function KeysHelp() {
  return (
    <dl className={classes.keys}>
      {KEYS.map(([keys, does]) => (
        <div key={does}>
          <dt>
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  )
}
