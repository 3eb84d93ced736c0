// Nothing, where the site stands by itself. The tracker answers with its own script in this place: it says on
// each SOP's page how it goes, and marks the steps that are weak.
