#include "cocio.h"

#include <OpenColorIO/OpenColorIO.h>

#include <cctype>
#include <cstring>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <new>
#include <sstream>
#include <string>
#include <vector>

namespace OCIO = OCIO_NAMESPACE;

struct cocio_config {
  OCIO::ConstConfigRcPtr config;
  std::string log;
};

struct cocio_processor {
  OCIO::ConstProcessorRcPtr processor;
  OCIO::ConstCPUProcessorRcPtr cpu;
  std::string log;
};

namespace {

// OCIO logs on the thread that called it.
thread_local std::string current_log;

void listen() {
  static std::once_flag once;
  std::call_once(once, [] {
    OCIO::SetLoggingFunction([](const char *message) {
      if (message) current_log += message;
    });
  });
  current_log.clear();
}

char *copy(const std::string &text) {
  char *result = static_cast<char *>(std::malloc(text.size() + 1));
  if (result) std::memcpy(result, text.c_str(), text.size() + 1);
  return result;
}

// Runs `body`; an exception becomes a message and `failure`.
template <typename Result, typename Body>
Result guarded(char **error, Result failure, Body body) noexcept {
  if (error) *error = nullptr;
  try {
    return body();
  } catch (const std::bad_alloc &) {
    if (error) *error = copy("out of memory");
  } catch (const std::exception &e) {
    if (error) *error = copy(e.what());
  } catch (...) {
    if (error) *error = copy("an unknown fault inside OpenColorIO");
  }
  return failure;
}

template <typename Body>
const char *text(Body body) noexcept {
  const char *result = guarded<const char *>(nullptr, nullptr, body);
  return result ? result : "";
}

OCIO::ConstContextRcPtr context(
    const cocio_config *config, const cocio_variable *variables, int count) {
  OCIO::ContextRcPtr context = config->config->getCurrentContext()->createEditableCopy();
  for (int i = 0; i < count; i++) context->setStringVar(variables[i].name, variables[i].value);
  return context;
}

OCIO::TransformDirection direction(int inverse) {
  return inverse ? OCIO::TRANSFORM_DIR_INVERSE : OCIO::TRANSFORM_DIR_FORWARD;
}

cocio_config *finish(const OCIO::ConstConfigRcPtr &config, const char *directory) {
  OCIO::ConfigRcPtr own = config->createEditableCopy();
  if (directory) own->setWorkingDir(directory);
  // Its cache of processors does not notice that a LUT file has changed; the caller keeps one.
  own->setProcessorCacheFlags(OCIO::PROCESSOR_CACHE_OFF);
  return new cocio_config{own, current_log};
}

cocio_processor *finish(const OCIO::ConstProcessorRcPtr &processor) {
  OCIO::ConstCPUProcessorRcPtr cpu = processor->getDefaultCPUProcessor();
  return new cocio_processor{processor, cpu, current_log};
}

cocio_processor *finish(
    const cocio_config *config, const OCIO::ConstTransformRcPtr &transform,
    const cocio_variable *variables, int count) {
  return finish(config->config->getProcessor(
      context(config, variables, count), transform, OCIO::TRANSFORM_DIR_FORWARD));
}

// Which correction of a .ccc or .cdl file is meant: the one asked for by id or number, or the only
// one. Anything else is an error that lists them.
std::string correction(
    const cocio_config *config, const char *path, const cocio_variable *variables, int count,
    const char *asked) {
  const std::string place = context(config, variables, count)->resolveFileLocation(path);
  const OCIO::GroupTransformRcPtr group =
      OCIO::CDLTransform::CreateGroupFromFile(place.c_str());
  const int size = group->getNumTransforms();
  std::string known;
  for (int i = 0; i < size; i++) {
    std::string id = std::to_string(i);
    if (asked && id == asked) return id;
    const auto cdl = OCIO::DynamicPtrCast<const OCIO::CDLTransform>(group->getTransform(i));
    const char *name = cdl ? cdl->getFormatMetadata().getID() : nullptr;
    if (name && *name) id = name;
    if (asked && id == asked) return id;
    if (i < 12) known += (i ? ", '" : "'") + id + "'";
    if (i == 12) known += ", ...";
  }
  if (size == 0) throw OCIO::Exception("it holds no correction");
  if (asked) {
    throw OCIO::Exception(
        ("it has no correction '" + std::string(asked) + "'; expected one of " + known).c_str());
  }
  if (size > 1) {
    throw OCIO::Exception(
        ("it holds " + std::to_string(size) + " corrections; say which by 'cccId', one of " + known)
            .c_str());
  }
  return "0";
}

bool ends_with(const std::string &text, const char *end) {
  const size_t count = std::strlen(end);
  if (text.size() < count) return false;
  for (size_t i = 0; i < count; i++) {
    if (std::tolower(static_cast<unsigned char>(text[text.size() - count + i])) != end[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

extern "C" {

void cocio_free(char *text) { std::free(text); }

const char *cocio_version(void) { return OCIO::GetVersion(); }

void cocio_forget_files(void) {
  guarded<int>(nullptr, 0, [] {
    OCIO::ClearAllCaches();
    return 0;
  });
}

// ---- Configs ----

cocio_config *cocio_open_file(const char *path, char **error) {
  return guarded<cocio_config *>(error, nullptr, [&] {
    listen();
    return finish(OCIO::Config::CreateFromFile(path), nullptr);
  });
}

cocio_config *cocio_open_text(const char *text, const char *directory, char **error) {
  return guarded<cocio_config *>(error, nullptr, [&] {
    listen();
    std::istringstream stream(text);
    return finish(OCIO::Config::CreateFromStream(stream), directory);
  });
}

void cocio_close(cocio_config *config) { delete config; }

int cocio_validate(const cocio_config *config, char **error) {
  return guarded(error, -1, [&] {
    listen();
    config->config->validate();
    return 0;
  });
}

const char *cocio_name(const cocio_config *config) {
  return text([&] { return config->config->getName(); });
}

const char *cocio_config_id(const cocio_config *config) {
  return text([&] { return config->config->getCacheID(OCIO::ConstContextRcPtr()); });
}

const char *cocio_config_log(const cocio_config *config) { return config->log.c_str(); }

int cocio_count(const cocio_config *config, cocio_list list) {
  return guarded(nullptr, 0, [&] {
    const OCIO::ConstConfigRcPtr &c = config->config;
    switch (list) {
      case COCIO_SPACES:
        return c->getNumColorSpaces(OCIO::SEARCH_REFERENCE_SPACE_ALL, OCIO::COLORSPACE_ACTIVE);
      case COCIO_ALL_SPACES:
        return c->getNumColorSpaces(OCIO::SEARCH_REFERENCE_SPACE_ALL, OCIO::COLORSPACE_ALL);
      case COCIO_ROLES: return c->getNumRoles();
      case COCIO_DISPLAYS: return c->getNumDisplays();
      case COCIO_LOOKS: return c->getNumLooks();
      case COCIO_VARIABLES: return c->getNumEnvironmentVars();
    }
    return 0;
  });
}

const char *cocio_item(const cocio_config *config, cocio_list list, int index) {
  return text([&]() -> const char * {
    const OCIO::ConstConfigRcPtr &c = config->config;
    switch (list) {
      case COCIO_SPACES:
        return c->getColorSpaceNameByIndex(
            OCIO::SEARCH_REFERENCE_SPACE_ALL, OCIO::COLORSPACE_ACTIVE, index);
      case COCIO_ALL_SPACES:
        return c->getColorSpaceNameByIndex(
            OCIO::SEARCH_REFERENCE_SPACE_ALL, OCIO::COLORSPACE_ALL, index);
      case COCIO_ROLES: return c->getRoleName(index);
      case COCIO_DISPLAYS: return c->getDisplay(index);
      case COCIO_LOOKS: return c->getLookNameByIndex(index);
      case COCIO_VARIABLES: return c->getEnvironmentVarNameByIndex(index);
    }
    return nullptr;
  });
}

const char *cocio_role_space(const cocio_config *config, const char *role) {
  return text([&]() -> const char * {
    for (int i = 0; i < config->config->getNumRoles(); i++) {
      if (std::strcmp(config->config->getRoleName(i), role) == 0)
        return config->config->getRoleColorSpace(i);
    }
    return nullptr;
  });
}

int cocio_view_count(const cocio_config *config, const char *display) {
  return guarded(nullptr, 0, [&] { return config->config->getNumViews(display); });
}

const char *cocio_view(const cocio_config *config, const char *display, int index) {
  return text([&] { return config->config->getView(display, index); });
}

const char *cocio_default_display(const cocio_config *config) {
  return text([&] { return config->config->getDefaultDisplay(); });
}

const char *cocio_default_view(const cocio_config *config, const char *display) {
  return text([&] { return config->config->getDefaultView(display); });
}

int cocio_find_space(const cocio_config *config, const char *name, cocio_space *space) {
  return guarded(nullptr, 0, [&] {
    OCIO::ConstColorSpaceRcPtr found = config->config->getColorSpace(name);
    if (!found) return 0;
    // `found` is a reference into the config, which keeps the strings.
    space->name = found->getName();
    space->family = found->getFamily();
    space->encoding = found->getEncoding();
    space->description = found->getDescription();
    space->is_data = found->isData() ? 1 : 0;
    space->alias_count = static_cast<int>(found->getNumAliases());
    return 1;
  });
}

const char *cocio_space_alias(const cocio_config *config, const char *name, int index) {
  return text([&]() -> const char * {
    OCIO::ConstColorSpaceRcPtr found = config->config->getColorSpace(name);
    return found ? found->getAlias(static_cast<size_t>(index)) : nullptr;
  });
}

const char *cocio_file_space(const cocio_config *config, const char *path, int *is_default) {
  return text([&] {
    *is_default = config->config->filepathOnlyMatchesDefaultRule(path) ? 1 : 0;
    return config->config->getColorSpaceFromFilepath(path);
  });
}

// ---- Processors ----

cocio_processor *cocio_convert(
    const cocio_config *config, const char *source, const char *target,
    const cocio_variable *variables, int variable_count, char **error) {
  return guarded<cocio_processor *>(error, nullptr, [&] {
    listen();
    return finish(config->config->getProcessor(
        context(config, variables, variable_count), source, target));
  });
}

cocio_processor *cocio_display(
    const cocio_config *config, const char *source, const char *display, const char *view,
    const char *looks, int inverse, const cocio_variable *variables, int variable_count,
    char **error) {
  return guarded<cocio_processor *>(error, nullptr, [&] {
    listen();
    OCIO::DisplayViewTransformRcPtr shown = OCIO::DisplayViewTransform::Create();
    shown->setSrc(source);
    shown->setDisplay(display);
    shown->setView(view);
    shown->setLooksBypass(looks != nullptr);
    OCIO::GroupTransformRcPtr group = OCIO::GroupTransform::Create();
    if (looks && *looks) {
      OCIO::LookTransformRcPtr look = OCIO::LookTransform::Create();
      look->setSrc(source);
      look->setDst(source);
      look->setLooks(looks);
      group->appendTransform(look);
    }
    group->appendTransform(shown);
    group->setDirection(direction(inverse));
    return finish(config, group, variables, variable_count);
  });
}

cocio_processor *cocio_look(
    const cocio_config *config, const char *source, const char *target, const char *looks,
    int inverse, const cocio_variable *variables, int variable_count, char **error) {
  return guarded<cocio_processor *>(error, nullptr, [&] {
    listen();
    OCIO::LookTransformRcPtr look = OCIO::LookTransform::Create();
    look->setSrc(source);
    look->setDst(target);
    look->setLooks(looks);
    look->setDirection(direction(inverse));
    return finish(config, look, variables, variable_count);
  });
}

cocio_processor *cocio_file(
    const cocio_config *config, const char *path, cocio_interpolation interpolation,
    const char *ccc_id, int cdl_clamps, int inverse, const cocio_variable *variables,
    int variable_count, char **error) {
  return guarded<cocio_processor *>(error, nullptr, [&] {
    listen();
    OCIO::FileTransformRcPtr file = OCIO::FileTransform::Create();
    file->setSrc(path);
    if (ends_with(path, ".ccc") || ends_with(path, ".cdl")) {
      file->setCCCId(correction(config, path, variables, variable_count, ccc_id).c_str());
    }
    switch (interpolation) {
      case COCIO_INTERPOLATION_DEFAULT: file->setInterpolation(OCIO::INTERP_DEFAULT); break;
      case COCIO_INTERPOLATION_NEAREST: file->setInterpolation(OCIO::INTERP_NEAREST); break;
      case COCIO_INTERPOLATION_LINEAR: file->setInterpolation(OCIO::INTERP_LINEAR); break;
      case COCIO_INTERPOLATION_TETRAHEDRAL:
        file->setInterpolation(OCIO::INTERP_TETRAHEDRAL);
        break;
      case COCIO_INTERPOLATION_BEST: file->setInterpolation(OCIO::INTERP_BEST); break;
    }
    file->setCDLStyle(cdl_clamps ? OCIO::CDL_ASC : OCIO::CDL_NO_CLAMP);
    file->setDirection(direction(inverse));
    return finish(config, file, variables, variable_count);
  });
}

cocio_processor *cocio_cdl(
    const cocio_config *config, const double slope[3], const double offset[3],
    const double power[3], double saturation, int clamps, int inverse, char **error) {
  return guarded<cocio_processor *>(error, nullptr, [&] {
    listen();
    OCIO::CDLTransformRcPtr cdl = OCIO::CDLTransform::Create();
    cdl->setSlope(slope);
    cdl->setOffset(offset);
    cdl->setPower(power);
    cdl->setSat(saturation);
    cdl->setStyle(clamps ? OCIO::CDL_ASC : OCIO::CDL_NO_CLAMP);
    cdl->setDirection(direction(inverse));
    return finish(config, cdl, nullptr, 0);
  });
}

void cocio_release(cocio_processor *processor) { delete processor; }

int cocio_is_noop(const cocio_processor *processor) {
  return guarded(nullptr, 0, [&] { return processor->cpu->isNoOp() ? 1 : 0; });
}

int cocio_has_crosstalk(const cocio_processor *processor) {
  return guarded(nullptr, 1, [&] { return processor->cpu->hasChannelCrosstalk() ? 1 : 0; });
}

const char *cocio_processor_id(const cocio_processor *processor) {
  return text([&] { return processor->cpu->getCacheID(); });
}

const char *cocio_processor_log(const cocio_processor *processor) {
  return processor->log.c_str();
}

int cocio_apply(
    const cocio_processor *processor, float *r, float *g, float *b, float *a, long width,
    long height, ptrdiff_t row_bytes, char **error) {
  return guarded(error, -1, [&] {
    OCIO::PlanarImageDesc image(
        r, g, b, a, width, height, OCIO::BIT_DEPTH_F32, sizeof(float), row_bytes);
    processor->cpu->apply(image);
    return 0;
  });
}

}  // extern "C"

// ---- Simple steps ----

namespace {

// Whether R, G and B have one value; alpha must be `neutral`.
bool uniform(const double v[4], double neutral) {
  return v[0] == v[1] && v[1] == v[2] && v[3] == neutral;
}

bool uniform(const double v[3]) { return v[0] == v[1] && v[1] == v[2]; }

bool read_matrix(const OCIO::MatrixTransform &matrix, cocio_step &step) {
  double m[16], offset[4];
  matrix.getMatrix(m);
  matrix.getOffset(offset);
  for (int i = 0; i < 3; i++) {
    if (m[i * 4 + 3] != 0 || m[12 + i] != 0) return false;
    for (int j = 0; j < 3; j++) step.matrix[i * 3 + j] = m[i * 4 + j];
    step.offset[i] = offset[i];
  }
  step.kind = COCIO_STEP_MATRIX;
  // An inverse matrix would have to be inverted first; OCIO's optimiser leaves none.
  return m[15] == 1 && offset[3] == 0 && matrix.getDirection() == OCIO::TRANSFORM_DIR_FORWARD;
}

bool read_negative(OCIO::NegativeStyle style, cocio_step &step) {
  switch (style) {
    case OCIO::NEGATIVE_CLAMP: step.negative = COCIO_NEGATIVE_CLAMP; return true;
    case OCIO::NEGATIVE_MIRROR: step.negative = COCIO_NEGATIVE_MIRROR; return true;
    case OCIO::NEGATIVE_PASS_THRU: step.negative = COCIO_NEGATIVE_PASS; return true;
    case OCIO::NEGATIVE_LINEAR: step.negative = COCIO_NEGATIVE_LINEAR; return true;
  }
  return false;
}

bool read_power(const OCIO::ExponentTransform &power, cocio_step &step) {
  double gamma[4];
  power.getValue(gamma);
  step.kind = COCIO_STEP_POWER;
  step.gamma = gamma[0];
  return uniform(gamma, 1) && gamma[0] > 0 && read_negative(power.getNegativeStyle(), step);
}

bool read_toe(const OCIO::ExponentWithLinearTransform &toe, cocio_step &step) {
  double gamma[4], offset[4];
  toe.getGamma(gamma);
  toe.getOffset(offset);
  step.kind = COCIO_STEP_TOE;
  step.gamma = gamma[0];
  step.toe_offset = offset[0];
  return uniform(gamma, 1) && uniform(offset, 0) && gamma[0] > 1 && offset[0] > 0 &&
         read_negative(toe.getNegativeStyle(), step);
}

template <typename Log>
bool read_log(const Log &log, cocio_step &step) {
  double a[3], b[3], c[3], d[3];
  log.getLogSideSlopeValue(a);
  log.getLogSideOffsetValue(b);
  log.getLinSideSlopeValue(c);
  log.getLinSideOffsetValue(d);
  step.kind = COCIO_STEP_LOG;
  step.base = log.getBase();
  step.log_slope = a[0];
  step.log_offset = b[0];
  step.lin_slope = c[0];
  step.lin_offset = d[0];
  return uniform(a) && uniform(b) && uniform(c) && uniform(d);
}

bool read_table(const OCIO::Lut3DTransform &table, cocio_step &step) {
  step.kind = COCIO_STEP_TABLE;
  step.table_size = static_cast<int>(table.getGridSize());
  const OCIO::Interpolation way = table.getInterpolation();
  return step.inverse == 0 && step.table_size >= 2 &&
         (way == OCIO::INTERP_TETRAHEDRAL || way == OCIO::INTERP_BEST);
}

bool read_step(const OCIO::ConstTransformRcPtr &transform, cocio_step &step) {
  step.inverse = transform->getDirection() == OCIO::TRANSFORM_DIR_INVERSE ? 1 : 0;
  switch (transform->getTransformType()) {
    case OCIO::TRANSFORM_TYPE_MATRIX:
      return read_matrix(static_cast<const OCIO::MatrixTransform &>(*transform), step);
    case OCIO::TRANSFORM_TYPE_EXPONENT:
      return read_power(static_cast<const OCIO::ExponentTransform &>(*transform), step);
    case OCIO::TRANSFORM_TYPE_EXPONENT_WITH_LINEAR:
      return read_toe(static_cast<const OCIO::ExponentWithLinearTransform &>(*transform), step);
    case OCIO::TRANSFORM_TYPE_LOG_AFFINE:
      return read_log(static_cast<const OCIO::LogAffineTransform &>(*transform), step);
    case OCIO::TRANSFORM_TYPE_LOG_CAMERA: {
      const auto &log = static_cast<const OCIO::LogCameraTransform &>(*transform);
      double edge[3], slope[3];
      if (!read_log(log, step)) return false;
      log.getLinSideBreakValue(edge);
      if (!uniform(edge)) return false;
      step.has_break = 1;
      step.linear_break = edge[0];
      step.has_linear_slope = log.getLinearSlopeValue(slope) ? 1 : 0;
      if (step.has_linear_slope) step.linear_slope = slope[0];
      return !step.has_linear_slope || uniform(slope);
    }
    case OCIO::TRANSFORM_TYPE_LUT3D:
      return read_table(static_cast<const OCIO::Lut3DTransform &>(*transform), step);
    default: return false;
  }
}

OCIO::GroupTransformRcPtr optimised_steps(const cocio_processor *processor) {
  OCIO::ConstProcessorRcPtr optimised =
      processor->processor->getOptimizedProcessor(OCIO::OPTIMIZATION_DEFAULT);
  return optimised->isDynamic() ? nullptr : optimised->createGroupTransform();
}

}  // namespace

extern "C" int cocio_steps(const cocio_processor *processor, cocio_step *steps, int capacity) {
  return guarded(nullptr, -1, [&] {
    listen();
    OCIO::GroupTransformRcPtr group = optimised_steps(processor);
    if (!group) return -1;
    const int count = group->getNumTransforms();
    if (count > capacity || group->getDirection() != OCIO::TRANSFORM_DIR_FORWARD) return -1;
    for (int i = 0; i < count; i++) {
      steps[i] = cocio_step{};
      if (!read_step(group->getTransform(i), steps[i])) return -1;
    }
    return count;
  });
}

extern "C" int cocio_step_table(const cocio_processor *processor, int index, float *table) {
  return guarded(nullptr, -1, [&] {
    listen();
    OCIO::GroupTransformRcPtr group = optimised_steps(processor);
    const auto lut = OCIO::DynamicPtrCast<OCIO::Lut3DTransform>(group->getTransform(index));
    if (!lut) return -1;
    const unsigned long size = lut->getGridSize();
    for (unsigned long b = 0; b < size; b++)
      for (unsigned long g = 0; g < size; g++)
        for (unsigned long r = 0; r < size; r++, table += 4) {
          lut->getValue(r, g, b, table[0], table[1], table[2]);
          table[3] = 0;
        }
    return 0;
  });
}

// ---- Nearest entries ----

namespace {

template <typename Table>
bool is_nearest(const OCIO::ConstTransformRcPtr &transform) {
  const auto table = OCIO::DynamicPtrCast<const Table>(transform);
  return table && table->getInterpolation() == OCIO::INTERP_NEAREST &&
         table->getDirection() == OCIO::TRANSFORM_DIR_FORWARD;
}

// The files a transform reads. `depth` bounds groups inside groups.
void list_files(
    const OCIO::ConstTransformRcPtr &transform, const OCIO::ConstContextRcPtr &context,
    std::string &paths, int depth = 0) {
  if (!transform || depth > 64) return;
  if (const auto group = OCIO::DynamicPtrCast<const OCIO::GroupTransform>(transform)) {
    for (int i = 0; i < group->getNumTransforms(); i++)
      list_files(group->getTransform(i), context, paths, depth + 1);
  } else if (const auto file = OCIO::DynamicPtrCast<const OCIO::FileTransform>(transform)) {
    try {
      const std::string path = context->resolveFileLocation(file->getSrc());
      paths += path + "\n";
    } catch (const OCIO::Exception &) {
      // One that is not there is told of when it is needed.
    }
  }
}

}  // namespace

extern "C" int cocio_table_files(
    const cocio_config *config, const cocio_variable *variables, int variable_count, char **paths) {
  *paths = nullptr;
  return guarded(nullptr, -1, [&] {
    listen();
    const OCIO::ConstConfigRcPtr &c = config->config;
    const OCIO::ConstContextRcPtr scope = context(config, variables, variable_count);
    std::string found;
    const int spaces =
        c->getNumColorSpaces(OCIO::SEARCH_REFERENCE_SPACE_ALL, OCIO::COLORSPACE_ALL);
    for (int i = 0; i < spaces; i++) {
      const auto space = c->getColorSpace(c->getColorSpaceNameByIndex(
          OCIO::SEARCH_REFERENCE_SPACE_ALL, OCIO::COLORSPACE_ALL, i));
      if (!space) continue;
      list_files(space->getTransform(OCIO::COLORSPACE_DIR_TO_REFERENCE), scope, found);
      list_files(space->getTransform(OCIO::COLORSPACE_DIR_FROM_REFERENCE), scope, found);
    }
    for (int i = 0; i < c->getNumLooks(); i++) {
      const auto look = c->getLook(c->getLookNameByIndex(i));
      if (!look) continue;
      list_files(look->getTransform(), scope, found);
      list_files(look->getInverseTransform(), scope, found);
    }
    for (int i = 0; i < c->getNumViewTransforms(); i++) {
      const auto view = c->getViewTransform(c->getViewTransformNameByIndex(i));
      if (!view) continue;
      list_files(view->getTransform(OCIO::VIEWTRANSFORM_DIR_TO_REFERENCE), scope, found);
      list_files(view->getTransform(OCIO::VIEWTRANSFORM_DIR_FROM_REFERENCE), scope, found);
    }
    *paths = copy(found);
    return 0;
  });
}

extern "C" int cocio_part_count(const cocio_processor *processor) {
  return guarded(nullptr, 0, [&] {
    listen();
    return processor->processor->createGroupTransform()->getNumTransforms();
  });
}

extern "C" cocio_part_kind cocio_part(
    const cocio_processor *processor, int index, int *size, int *half_domain) {
  *size = *half_domain = 0;
  return guarded(nullptr, COCIO_PART_OTHER, [&] {
    listen();
    const OCIO::GroupTransformRcPtr group = processor->processor->createGroupTransform();
    const OCIO::ConstTransformRcPtr part = group->getTransform(index);
    if (is_nearest<OCIO::Lut1DTransform>(part)) {
      const auto table = OCIO::DynamicPtrCast<const OCIO::Lut1DTransform>(part);
      if (table->getHueAdjust() != OCIO::HUE_NONE) return COCIO_PART_OTHER;
      *size = static_cast<int>(table->getLength());
      *half_domain = table->getInputHalfDomain() ? 1 : 0;
      return COCIO_PART_CURVE;
    }
    if (is_nearest<OCIO::Lut3DTransform>(part)) {
      *size = static_cast<int>(
          OCIO::DynamicPtrCast<const OCIO::Lut3DTransform>(part)->getGridSize());
      return COCIO_PART_CUBE;
    }
    return COCIO_PART_OTHER;
  });
}

extern "C" int cocio_part_values(const cocio_processor *processor, int index, float *values) {
  return guarded(nullptr, -1, [&] {
    listen();
    const OCIO::GroupTransformRcPtr group = processor->processor->createGroupTransform();
    const OCIO::ConstTransformRcPtr part = group->getTransform(index);
    if (const auto curve = OCIO::DynamicPtrCast<const OCIO::Lut1DTransform>(part)) {
      for (unsigned long i = 0; i < curve->getLength(); i++, values += 3)
        curve->getValue(i, values[0], values[1], values[2]);
      return 0;
    }
    const auto cube = OCIO::DynamicPtrCast<const OCIO::Lut3DTransform>(part);
    if (!cube) return -1;
    const unsigned long size = cube->getGridSize();
    for (unsigned long b = 0; b < size; b++)
      for (unsigned long g = 0; g < size; g++)
        for (unsigned long r = 0; r < size; r++, values += 3)
          cube->getValue(r, g, b, values[0], values[1], values[2]);
    return 0;
  });
}

extern "C" cocio_processor *cocio_parts(
    const cocio_config *config, const cocio_processor *processor, int first, int end,
    char **error) {
  return guarded<cocio_processor *>(error, nullptr, [&] {
    listen();
    const OCIO::GroupTransformRcPtr all = processor->processor->createGroupTransform();
    OCIO::GroupTransformRcPtr some = OCIO::GroupTransform::Create();
    for (int i = first; i < end; i++) some->appendTransform(all->getTransform(i));
    return finish(config, some, nullptr, 0);
  });
}
