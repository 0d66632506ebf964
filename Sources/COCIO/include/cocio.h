// OpenColorIO behind a C header: open a config, ask what is in it, build processors, run them on
// planes of float. No exception leaves this file and nothing is ever printed: what OCIO logs is
// kept with the config or processor it belongs to.
//
// Functions that can fail return NULL (or -1) and put a message into `*error`, to be released with
// `cocio_free`. Strings returned without that remark live as long as their config or processor.
// Configs and processors never change and may be used from any number of threads.

#ifndef COCIO_H
#define COCIO_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cocio_config cocio_config;
typedef struct cocio_processor cocio_processor;

// A context variable (`$SHOT`) and its value.
typedef struct {
  const char *name;
  const char *value;
} cocio_variable;

void cocio_free(char *text);

// The version of the library, "2.1.2".
const char *cocio_version(void);

// Forgets the LUT files read so far, so that changed ones are read again.
void cocio_forget_files(void);

// ---- Configs ----

cocio_config *cocio_open_file(const char *path, char **error);
// Relative LUT paths in `text` are resolved against `directory` (may be NULL).
cocio_config *cocio_open_text(const char *text, const char *directory, char **error);
void cocio_close(cocio_config *config);

// Throws nothing away: 0 when everything the config refers to exists, else -1 and why not.
int cocio_validate(const cocio_config *config, char **error);

const char *cocio_name(const cocio_config *config);
// A hash of all the config says.
const char *cocio_config_id(const cocio_config *config);
// What OCIO logged while it read the config: lines, or an empty string.
const char *cocio_config_log(const cocio_config *config);

typedef enum {
  COCIO_SPACES,      // colour spaces for menus, scene- and display-referred
  COCIO_ALL_SPACES,  // and those the config hides
  COCIO_ROLES,
  COCIO_DISPLAYS,
  COCIO_LOOKS,
  COCIO_VARIABLES,   // context variables the config declares
} cocio_list;

int cocio_count(const cocio_config *config, cocio_list list);
const char *cocio_item(const cocio_config *config, cocio_list list, int index);

const char *cocio_role_space(const cocio_config *config, const char *role);
int cocio_view_count(const cocio_config *config, const char *display);
const char *cocio_view(const cocio_config *config, const char *display, int index);
const char *cocio_default_display(const cocio_config *config);
const char *cocio_default_view(const cocio_config *config, const char *display);

typedef struct {
  const char *name;
  const char *family;
  const char *encoding;
  const char *description;
  int is_data;
  int alias_count;
} cocio_space;

// Looks a space up by name, alias or role; 0 when there is none.
int cocio_find_space(const cocio_config *config, const char *name, cocio_space *space);
const char *cocio_space_alias(const cocio_config *config, const char *name, int index);

// The colour space the file rules give a path. `*is_default` says that only the last rule matched.
const char *cocio_file_space(const cocio_config *config, const char *path, int *is_default);

// The LUT files that colour spaces, looks and view transforms of the config name and that are there,
// one a line, in `*paths`, to be released; 0, or -1.
int cocio_table_files(
    const cocio_config *config, const cocio_variable *variables, int variable_count, char **paths);

// ---- Processors ----

typedef enum {
  COCIO_INTERPOLATION_DEFAULT,
  COCIO_INTERPOLATION_NEAREST,
  COCIO_INTERPOLATION_LINEAR,
  COCIO_INTERPOLATION_TETRAHEDRAL,
  COCIO_INTERPOLATION_BEST,
} cocio_interpolation;

cocio_processor *cocio_convert(
    const cocio_config *config, const char *source, const char *target,
    const cocio_variable *variables, int variable_count, char **error);

// From `source` to what `display` is sent in `view`. `looks` NULL: those of the view; else these
// instead ("" for none).
cocio_processor *cocio_display(
    const cocio_config *config, const char *source, const char *display, const char *view,
    const char *looks, int inverse, const cocio_variable *variables, int variable_count,
    char **error);

// `looks` as OCIO writes them: "grade, -neutral".
cocio_processor *cocio_look(
    const cocio_config *config, const char *source, const char *target, const char *looks,
    int inverse, const cocio_variable *variables, int variable_count, char **error);

// A LUT, matrix, CLF or CDL file. `ccc_id`, the id or number of a correction, may be left out (NULL)
// where a .ccc or .cdl file holds one only. `cdl_clamps` makes a CDL clamp to 0...1 as the ASC asks.
cocio_processor *cocio_file(
    const cocio_config *config, const char *path, cocio_interpolation interpolation,
    const char *ccc_id, int cdl_clamps, int inverse, const cocio_variable *variables,
    int variable_count, char **error);

cocio_processor *cocio_cdl(
    const cocio_config *config, const double slope[3], const double offset[3],
    const double power[3], double saturation, int clamps, int inverse, char **error);

void cocio_release(cocio_processor *processor);

int cocio_is_noop(const cocio_processor *processor);
int cocio_has_crosstalk(const cocio_processor *processor);
const char *cocio_processor_id(const cocio_processor *processor);
const char *cocio_processor_log(const cocio_processor *processor);

// Changes planes of `width` x `height` floats in place, rows `row_bytes` apart; `a` may be NULL.
int cocio_apply(
    const cocio_processor *processor, float *r, float *g, float *b, float *a, long width,
    long height, ptrdiff_t row_bytes, char **error);

// ---- Simple steps ----

// One step of a processor that is nothing but matrices, plain curves and tetrahedral tables.
typedef enum {
  COCIO_STEP_MATRIX,  // rgb = matrix rgb + offset
  COCIO_STEP_POWER,   // x^gamma
  COCIO_STEP_TOE,     // a power with a straight toe: encoded to linear
  COCIO_STEP_LOG,     // linear to log, with a toe if has_break
  COCIO_STEP_TABLE,   // a 3-D table over 0...1, tetrahedral
} cocio_step_kind;

typedef enum {
  COCIO_NEGATIVE_CLAMP,
  COCIO_NEGATIVE_MIRROR,
  COCIO_NEGATIVE_PASS,
  COCIO_NEGATIVE_LINEAR,
} cocio_negative;

typedef struct {
  cocio_step_kind kind;
  int inverse;
  double matrix[9];
  double offset[3];
  double gamma;
  double toe_offset;
  cocio_negative negative;
  double base;
  double log_slope, log_offset, lin_slope, lin_offset;
  int has_break;
  double linear_break;
  int has_linear_slope;
  double linear_slope;
  int table_size;
} cocio_step;

// The optimised processor as simple steps, the same for R, G and B and nothing for alpha; -1 when it
// holds anything else (a curve in a table, a CDL, ...) or more than `capacity` steps.
int cocio_steps(const cocio_processor *processor, cocio_step *steps, int capacity);

// The table of step `index`: table_size^3 colours of four floats, red running fastest. 0 or an error.
int cocio_step_table(const cocio_processor *processor, int index, float *table);

// ---- Nearest entries ----

// How many transforms a processor is made of, as the file has them: nothing is joined or left out.
int cocio_part_count(const cocio_processor *processor);

typedef enum {
  COCIO_PART_OTHER,
  COCIO_PART_CURVE,  // a 1-D table to be read at its nearest entry
  COCIO_PART_CUBE,   // a 3-D table to be read at its nearest entry
} cocio_part_kind;

// What part `index` is. `*size` is its entries (a side of the cube); `*half_domain` says that they
// belong to the 65536 halves instead of lying evenly between 0 and 1.
cocio_part_kind cocio_part(
    const cocio_processor *processor, int index, int *size, int *half_domain);

// The colours of a table, three floats each, red running fastest in a cube. 0 or -1.
int cocio_part_values(const cocio_processor *processor, int index, float *values);

// The parts `first` to before `end` as a processor of their own.
cocio_processor *cocio_parts(
    const cocio_config *config, const cocio_processor *processor, int first, int end,
    char **error);

#ifdef __cplusplus
}
#endif

#endif
