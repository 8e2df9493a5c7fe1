// Load a survey with the real survey-core, in each language, and print what it thinks is wrong with it.
// Usage: node check_surveyjs.cjs SURVEY.json [ANSWERS.json]
const fs = require("fs");
const { Model, JsonObject } = require("survey-core");
const json = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const survey = new Model(json);
const found = (survey.jsonErrors || []).map((e) => e.message || e.getFullDescription?.() || String(e));
const out = { errors: found, locales: survey.getUsedLocales(), questions: survey.getAllQuestions().length };
if (process.argv[3]) {
  out.results = JSON.parse(fs.readFileSync(process.argv[3], "utf8")).map((data) => {
    const one = new Model(json);
    one.data = data;
    const visible = one.getAllQuestions().filter((q) => q.isVisible && q.parent.isVisible && q.page.isVisible).map((q) => q.name);
    one.validate(true);
    const errors = one.getAllQuestions().flatMap((q) => (q.errors || []).map((e) => q.name + ": " + e.getText()));
    return { visible, errors };
  });
}
console.log(JSON.stringify(out));
