import { SegmentedControl } from '@mantine/core'

import { messages } from '../messages'
import { THEMES, useTheme } from '../theme'
import classes from './places/places.module.css'

const texts = messages.settings

/** How the page looks, on every device; each change is kept at once. */
export function PageSettings() {
  const [theme, choose] = useTheme()
  return (
    <section className={classes.part}>
      <h3>{texts.look}</h3>
      <div className={classes.line}>
        <SegmentedControl
          aria-label={texts.theme}
          value={theme}
          onChange={choose}
          transitionDuration={120}
          data={THEMES.map((value) => ({ value, label: texts.themes[value] }))}
        />
      </div>
    </section>
  )
}
