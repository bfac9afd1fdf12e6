// Everything works without these: they only make it quicker to leave, easier to find an error and
// harder to press twice.
import { Button, ErrorSummary, ExitThisPage, SkipLink, createAll } from './govuk-frontend.min.js'

createAll(Button)
createAll(ErrorSummary)
createAll(ExitThisPage)
createAll(SkipLink)
