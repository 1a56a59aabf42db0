import { Kbd } from '@mantine/core'

import { useVersion } from '../api/queries'
import { messages } from '../messages'
import classes from './Footer.module.css'

const KEYS: [string[], string][] = [
  [['/'], messages.footer.search],
  [['j', 'k'], messages.footer.rows],
  [['Enter'], messages.footer.open],
  [['←', '→'], messages.footer.pages],
]

export function Footer() {
  const version = useVersion()
  return (
    <footer className={classes.footer} aria-label={messages.footer.label}>
      <ul className={classes.keys} aria-label={messages.footer.keys}>
        {KEYS.map(([keys, does]) => (
          <li key={does}>
            {keys.map((key) => (
              <Kbd key={key}>{key}</Kbd>
            ))}
            {does}
          </li>
        ))}
      </ul>
      <p>
        {version.data && messages.footer.version(version.data.version)}
        <a href="./docs">{messages.footer.docs}</a>
      </p>
    </footer>
  )
}
