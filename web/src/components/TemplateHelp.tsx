import { messages } from '../messages'
import classes from './TemplateHelp.module.css'

const texts = messages.settings

/** What may be written in a template. */
export function TemplateHelp() {
  return (
    <details className={classes.help}>
      <summary>{texts.syntaxTitle}</summary>
      <dl>
        {texts.syntax.map(([written, meaning]) => (
          <div key={written}>
            <dt>
              <code>{written}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
