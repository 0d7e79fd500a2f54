// What a regular expression cannot tell: whether a name that is due is there or the next member begins, whether a parenthesis stands on
// the line of its name, and numbers, which what hangs on to them spoils. It keeps no state.
#include <string.h>
#include <tree_sitter/parser.h>

enum Token { DUE, CALL, QUANTITY, RECOVERY };

static const char *const member_keywords[] = {
    "key",    "in",      "out",        "optional", "component", "kind", "type", "error",    "enum",         "connect",  "get",
    "post",   "put",     "patch",      "delete",   "head",      "query", "mutation", "subscription", "resource", "resilience", "healing",
    "scaling", "team",   "rule",       "version",  "slo",       "anomaly", "alert",  "metric",       "environment", "raw",     "layout",
    "import", NULL};
static const char *const joining_keywords[] = {"on", "throws", "for", "as", NULL};
static const char *const units[] = {"",   "ns", "us", "ms", "s",  "m",  "h",   "d",   "w",   "%",   "B",   "Ki",  "Mi",  "Gi",  "Ti", "k",
                                    "M",  "G",  "T",  "/s", "/m", "/h", "/d",  "k/s", "k/m", "k/h", "k/d", "M/s", "M/m", "M/h", "M/d", NULL};

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_name(int32_t c) { return is_letter(c) || is_digit(c); }

static bool is_one_of(const char *word, const char *const *words) {
  for (; *words; words++)
    if (strcmp(word, *words) == 0) return true;
  return false;
}

// A word as long as any keyword or unit that matters; of a longer one, enough to see that it is none.
typedef struct {
  char text[16];
  unsigned length;
} Word;

static void take(TSLexer *lexer, Word *word) {
  if (word->length + 1 < sizeof word->text) word->text[word->length++] = (char)lexer->lookahead;
  lexer->advance(lexer, false);
}

static Word read_word(TSLexer *lexer) {
  Word word = {{0}, 0};
  while (is_name(lexer->lookahead) || lexer->lookahead == '-' || lexer->lookahead == '_') take(lexer, &word);
  return word;
}

// At the first word of a line: whether a keyword stands here, and on its line what it names.
static bool begins_member(TSLexer *lexer) {
  Word word = read_word(lexer);
  if (!is_one_of(word.text, member_keywords)) return false;
  while (lexer->lookahead == ' ' || lexer->lookahead == '\t' || lexer->lookahead == '\r') lexer->advance(lexer, false);
  if (is_letter(lexer->lookahead)) {
    Word next = read_word(lexer);
    return !is_one_of(next.text, joining_keywords);
  }
  // A text of one line: `""` counts, `"""` does not.
  unsigned quotes = 0;
  while (quotes < 3 && lexer->lookahead == '"') {
    quotes++;
    lexer->advance(lexer, false);
  }
  return quotes == 1 || quotes == 2;
}

static void digits(TSLexer *lexer) {
  while (is_digit(lexer->lookahead)) lexer->advance(lexer, false);
}

// At the first digit. False if it is no number of the language, or something hangs on to it.
static bool scan_quantity(TSLexer *lexer) {
  Word unit = {{0}, 0};
  for (int part = 0; part < 2; part++) {
    digits(lexer);
    while (lexer->lookahead == '_') {
      lexer->advance(lexer, false);
      if (!is_digit(lexer->lookahead)) return false;
      digits(lexer);
    }
    lexer->mark_end(lexer);
    if (lexer->lookahead != '.') break;
    if (part == 1) {
      lexer->advance(lexer, false);
      return !is_digit(lexer->lookahead);
    }
    lexer->advance(lexer, false);
    if (!is_digit(lexer->lookahead)) return true;
  }
  while (is_name(lexer->lookahead) || lexer->lookahead == '_' || lexer->lookahead == '%') take(lexer, &unit);
  lexer->mark_end(lexer);
  if (lexer->lookahead == '/') {
    lexer->advance(lexer, false);
    if (!is_letter(lexer->lookahead)) return is_one_of(unit.text, units);
    unit.text[unit.length < 8 ? unit.length++ : 8] = '/';
    while (is_name(lexer->lookahead)) take(lexer, &unit);
    lexer->mark_end(lexer);
  }
  if (!is_one_of(unit.text, units)) return false;
  int32_t joint = lexer->lookahead;
  if (joint != '.' && joint != '-' && joint != '+') return true;
  lexer->advance(lexer, false);
  return !is_digit(lexer->lookahead) && !(joint == '-' && is_letter(lexer->lookahead));
}

bool tree_sitter_droid_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  if (valid[RECOVERY]) return false;
  bool is_first = false;
  for (int32_t c; c = lexer->lookahead, c == ' ' || c == '\t' || c == '\r' || c == '\n'; lexer->advance(lexer, true))
    if (c == '\n') is_first = true;
  int32_t c = lexer->lookahead;
  lexer->mark_end(lexer);
  if (valid[DUE] && is_letter(c)) {
    lexer->result_symbol = DUE;
    return !is_first || !begins_member(lexer);
  }
  if (valid[CALL] && c == '(' && !is_first) {
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    lexer->result_symbol = CALL;
    return true;
  }
  if (valid[QUANTITY] && (is_digit(c) || c == '-' || c == '+')) {
    lexer->result_symbol = QUANTITY;
    if (!is_digit(c)) lexer->advance(lexer, false);
    return is_digit(lexer->lookahead) && scan_quantity(lexer);
  }
  return false;
}

void *tree_sitter_droid_external_scanner_create(void) { return NULL; }
void tree_sitter_droid_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_droid_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload, (void)buffer;
  return 0;
}
void tree_sitter_droid_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload, (void)buffer, (void)length;
}
