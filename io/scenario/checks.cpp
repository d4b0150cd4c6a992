// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/checks.hpp"

#include "core/cells/record.hpp"
#include "core/model/model.hpp"
#include "io/scenario/registry.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/number.hpp"
#include "io/text/utf8.hpp"

#include <cmath>
#include <initializer_list>
#include <map>
#include <utility>

namespace marrow::io {

namespace {

constexpr double most_hops_per_h = 4095.0;
/// Rounding of unit conversions must not turn "exactly three voxels" into "less than three".
constexpr double slack = 1.0 + 1e-9;

class Checker {
 public:
  Checker(const Parameters& parameters, const Origins& origins, const std::string& source,
          std::vector<Diagnostic>& errors)
      : p_(parameters), origins_(&origins), source_(&source), errors_(&errors) {}

  void check_all() {
    if (!check_volume()) return;  // every density check multiplies with the volume
    if (p_.tissue.source == TissueSource::procedural) check_procedural_tissue();
    check_image();
    check_niches();
    check_founders();
    check_mutations();
    check_hops();
    check_trigger();
    check_crop();
    check_patient();
  }

 private:
  /// Points at one of the paths that is written anywhere, else at the scenario as a whole.
  void contradiction(std::initializer_list<std::string> paths, std::string message,
                     std::vector<std::string> advice) {
    Diagnostic error;
    error.source = *source_;
    error.message = std::move(message);
    error.advice = std::move(advice);
    error.parameter = *paths.begin();
    if (const Origin* origin = origin_to_blame(paths)) {
      error.source = origin->source;
      error.place = origin->place;
      error.source_line = origin->source_line;
      error.source_order = origin->kind == OriginKind::file ? 0 : 1;
    }
    errors_->push_back(std::move(error));
  }

  /// A `--set` argument before a line of the file: the file alone may have been right.
  [[nodiscard]] const Origin* origin_to_blame(std::initializer_list<std::string> paths) const {
    const Origin* in_file = nullptr;
    for (const std::string& path : paths) {
      const auto written = origins_->find(path);
      if (written == origins_->end()) continue;
      if (written->second.kind == OriginKind::command_line) return &written->second;
      if (in_file == nullptr) in_file = &written->second;
    }
    return in_file;
  }

  /// "'niches.density' is 100 /mm^3 (default)".
  [[nodiscard]] std::string states(const std::string& path) const {
    const ParameterSpec* spec = registry().parameter(path);
    const std::string mark = origins_->contains(path) ? "" : " (default)";
    return "'" + path + "' is " + format_value(*spec, spec->get(p_, 0)) + mark;
  }

  [[nodiscard]] std::string um(double value) const { return format_rounded(value, 6) + " um"; }

  bool check_volume() {
    const Index3 size = p_.domain.size_voxels;
    const double voxels =
        static_cast<double>(size.x) * static_cast<double>(size.y) * static_cast<double>(size.z);
    if (voxels <= static_cast<double>(max_sites)) return true;
    contradiction({"domain.size"},
                  "the lattice would have " + format_rounded(voxels, 4) + " voxels",
                  {"at most 2^48 = " + format_number(max_sites) + " are possible"});
    return false;
  }

  void at_least_voxels(const std::string& path, double value_um, double voxels) {
    const double least = voxels * p_.domain.spacing_um;
    if (value_um * slack >= least) return;
    contradiction({path, "domain.spacing"},
                  states(path) + ", less than " + format_number(voxels) +
                      (voxels == 1.0 ? " voxel" : " voxels") + " of " + um(p_.domain.spacing_um),
                  {"the lattice cannot show it: write at least " + um(least) +
                   ", or a smaller 'domain.spacing'"});
  }

  void check_procedural_tissue() {
    const TissueParameters& t = p_.tissue;
    if (t.bone.volume_share > 0.0) {
      at_least_voxels("tissue.bone.thickness", t.bone.thickness_um, 2.0);
      at_least_voxels("tissue.bone.spacing", t.bone.spacing_um, 2.0);
    }
    check_vessel("tissue.sinusoids", t.sinusoids);
    check_vessel("tissue.arterioles", t.arterioles);
    at_least_voxels("tissue.adipocytes.diameter", t.adipocytes.diameter_um, 1.0);
  }

  void check_vessel(const std::string& section, const VesselParameters& vessel) {
    at_least_voxels(section + ".diameter", vessel.diameter_um, 1.0);
    if (vessel.spacing_um > vessel.diameter_um) return;
    contradiction({section + ".spacing", section + ".diameter"},
                  states(section + ".spacing") + ", not more than the diameter",
                  {states(section + ".diameter"),
                   "the spacing is the distance between centres: write a larger one"});
  }

  void check_image() {
    const ImageParameters& image = p_.tissue.image;
    if (p_.tissue.source == TissueSource::procedural) {
      for (const char* path : {"tissue.image.file", "tissue.image.bone_threshold"}) {
        const ParameterSpec* spec = registry().parameter(path);
        const Value value = spec->get(p_, 0);
        if (same_value(value, spec->get(Parameters{}, 0))) continue;
        unused_image(path);
        return;
      }
      if (!image.labels.empty()) unused_image("tissue.image.labels");
      return;
    }
    if (image.file.empty()) {
      contradiction({"tissue.source", "tissue.image"},
                    "'tissue.source' is image, and 'tissue.image.file' is missing",
                    {"write the image's file name below 'tissue.image', e.g. 'file: bone.mha'"});
    }
    const bool threshold = image.bone_threshold.has_value();
    if (threshold && !image.labels.empty()) {
      contradiction({"tissue.image.bone_threshold", "tissue.image.labels"},
                    "an image is read by threshold or by labels, not by both",
                    {"keep 'bone_threshold' for grey values or 'labels' for a segmented image"});
    } else if (!threshold && image.labels.empty()) {
      contradiction({"tissue.image", "tissue.source"},
                    "nothing says which voxels of the image are bone",
                    {"write 'bone_threshold: 1200' for grey values, or",
                     "'labels: [{value: 1, tissue: bone}]' for a segmented image"});
    }
    check_labels();
  }

  void unused_image(const std::string& path) {
    contradiction({path, "tissue.source"}, "an image is given, but 'tissue.source' is procedural",
                  {"write 'source: image' below 'tissue', or remove the section 'tissue.image'"});
  }

  void check_labels() {
    std::map<std::int64_t, std::size_t> first;
    const auto& labels = p_.tissue.image.labels;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto [known, is_new] = first.emplace(labels[i].value, i);
      if (is_new) continue;
      contradiction({element("tissue.image.labels", i) + ".value"},
                    "the image value " + format_number(labels[i].value) + " has two labels",
                    {"it is also 'tissue.image.labels[" + std::to_string(known->second) + "]'"});
    }
  }

  [[nodiscard]] double niche_count() const {
    return p_.niches.density_per_mm3 * p_.lattice().volume_mm3();
  }

  void check_niches() {
    at_least_voxels("niches.min_spacing", p_.niches.min_spacing_um, 3.0);
    if (niche_count() * slack < 1.0) {
      contradiction({"niches.density", "domain.size"},
                    "the box holds " + format_rounded(niche_count(), 3) + " niches, less than one",
                    {states("niches.density") + "; the box has " +
                         format_rounded(p_.lattice().volume_mm3(), 3) + " mm^3",
                     "write a larger 'domain.size' or a higher density"});
    }
    // Spheres of this diameter cannot be packed more densely than sqrt(2) per diameter cubed.
    const double edge_mm = p_.niches.min_spacing_um * 1e-3;
    const double packed = p_.niches.density_per_mm3 * edge_mm * edge_mm * edge_mm;
    if (packed > std::sqrt(2.0)) {
      contradiction(
          {"niches.density", "niches.min_spacing"}, "so many niches cannot stand so far apart",
          {states("niches.density") + ", " + states("niches.min_spacing"),
           "the closest packing has " +
               format_rounded(std::sqrt(2.0) / (edge_mm * edge_mm * edge_mm), 3) + " /mm^3"});
    }
    if (p_.niches.perisinusoidal + p_.niches.periarteriolar + p_.niches.endosteal > 0.0) return;
    contradiction({"niches.weights.perisinusoidal", "niches.weights"},
                  "the weights of all kinds of niche are 0", {"at least one must be above 0"});
  }

  static std::string element(const std::string& list, std::size_t index) {
    return list + "[" + std::to_string(index) + "]";
  }

  /// Names are unique, and `normal` is the clone that fills the other niches.
  template <typename List>
  void check_names(const List& list, const std::string& path) {
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string where = element(path, i) + ".name";
      if (list[i].name == "normal") {
        contradiction({where}, "the name 'normal' is taken: it is the clone of all other cells",
                      {"choose another name"});
      }
      const auto [known, is_new] = first.emplace(list[i].name, i);
      if (is_new) continue;
      contradiction({where}, "the name " + in_quotes(list[i].name) + " is used twice",
                    {"it is also the name of '" + element(path, known->second) + "'"});
    }
  }

  void check_founders() {
    const auto& founders = p_.clones.founders;
    check_names(founders, "clones.founders");
    const double niches = std::floor(niche_count() + 0.5);
    double cells = 0.0;
    bool countable = true;
    for (std::size_t i = 0; i < founders.size(); ++i) {
      const FounderClone& founder = founders[i];
      countable = check_founder(founder, element("clones.founders", i)) && countable;
      cells += static_cast<double>(founder.cells) + founder.share * niches;
    }
    if (!countable || cells <= niches * slack) return;
    const std::string last = element("clones.founders", founders.size() - 1);
    contradiction({last + ".cells", last + ".share", "clones.founders"},
                  "the founders need " + format_rounded(cells, 6) + " niches, and the box has " +
                      format_number(niches),
                  {states("niches.density") + ", " + states("domain.size")});
  }

  bool check_founder(const FounderClone& founder, const std::string& path) {
    if (founder.at == FounderTime::trigger && !p_.tcells.trigger) {
      contradiction({path + ".at", path},
                    "the founder " + in_quotes(founder.name) +
                        " is placed at the trigger, and there is no trigger",
                    {"write 'at: start' (the default is trigger), or a section 'tcells.trigger'"});
    }
    if (founder.growth_per_h + p_.hspc.homeostatic_rate_per_h < 0.0) {
      contradiction({path + ".growth", path},
                    "the founder " + in_quotes(founder.name) + " would divide at a negative rate",
                    {states("hspc.homeostatic_rate") + "; 'growth' may take away at most that"});
    }
    const bool cells = founder.cells > 0;
    const bool share = founder.share > 0.0;
    if (cells != share) return true;
    contradiction({path + (cells ? ".share" : ".cells"), path + ".share", path},
                  "the founder " + in_quotes(founder.name) +
                      (cells ? " has both 'cells' and 'share'" : " has no cells"),
                  {"give exactly one of them, above 0: e.g. 'cells: 8' or 'share: 1 %'"});
    return false;
  }

  void check_mutations() {
    const auto& mutations = p_.clones.mutations;
    check_names(mutations, "clones.mutations");
    const double scale = p_.clones.n_real / std::fmax(1.0, std::floor(niche_count() + 0.5));
    for (std::size_t i = 0; i < mutations.size(); ++i) {
      if (mutations[i].genotype == 0) {
        contradiction(
            {element("clones.mutations", i) + ".genotype", element("clones.mutations", i)},
            "the mutation " + in_quotes(mutations[i].name) + " changes nothing: no genotype",
            {"give what the mutant has lost or gained: hla_lost, gpi_negative or driver"});
      }
      const double chance = mutations[i].rate_per_division * scale;
      if (chance <= 1.0) continue;
      contradiction({element("clones.mutations", i) + ".rate"},
                    "scaled from " + format_number(p_.clones.n_real) + " cells to " +
                        format_number(std::floor(niche_count() + 0.5)) +
                        " niches the chance per division is " + format_rounded(chance, 3) +
                        ", above 1",
                    {"rates are for the whole patient ('clones.n_real'); use a larger box or a "
                     "lower rate"});
    }
  }

  void check_hops() {
    const double hops = hops_per_hour(p_.tcells.motility_um2_per_h, p_.domain.spacing_um);
    const std::string rule =
        "hops per hour = 6 x motility / spacing^2: " + states("tcells.motility") + ", " +
        states("domain.spacing");
    if (hops < 1.0 || hops > most_hops_per_h) {
      contradiction({"tcells.motility", "domain.spacing"},
                    "T cells would make " + format_number(hops) + " hops per hour",
                    {rule, "1 to 4095 are possible; 10 um voxels and 50 um^2/min give 180"});
      return;
    }
    const double clock = hops * p_.tcells.engagement_h;
    if (clock <= static_cast<double>(CellRecord::max_clock)) return;
    contradiction(
        {"tcells.engagement", "tcells.motility"},
        "an engagement would last " + format_number(clock) + " hop sub-steps",
        {"a cell's clock counts to " + format_number(std::int64_t{CellRecord::max_clock}), rule});
  }

  void check_trigger() {
    if (!p_.tcells.trigger || p_.tcells.trigger->at_h < p_.run.duration_h) return;
    contradiction({"tcells.trigger.at", "run.duration"},
                  "the trigger comes after the end of the run",
                  {states("tcells.trigger.at") + ", " + states("run.duration"),
                   "write an earlier trigger, a longer run, or 'trigger: none'"});
  }

  void check_crop() {
    if (!p_.output.frames.crop_voxels) return;
    const Box crop = *p_.output.frames.crop_voxels;
    if (crop.empty()) {
      contradiction({"output.frames.crop.to", "output.frames.crop"}, "the crop holds no voxel",
                    {states("output.frames.crop.from") + ", " + states("output.frames.crop.to"),
                     "'to' is one past the last voxel shown and must be above 'from'"});
      return;
    }
    if (intersection(crop, p_.lattice().box()) == crop) return;
    contradiction({"output.frames.crop.to", "output.frames.crop"},
                  "the crop reaches outside the box",
                  {states("output.frames.crop.to") + ", " + states("domain.size")});
  }

  void check_patient() {
    const ClinicalCriteria& partial = p_.patient.partial_response;
    const ClinicalCriteria& complete = p_.patient.complete_response;
    const std::pair<const char*, bool> rows[] = {
        {"neutrophils", complete.neutrophils_1e9_per_l < partial.neutrophils_1e9_per_l},
        {"platelets", complete.platelets_1e9_per_l < partial.platelets_1e9_per_l},
        {"hemoglobin", complete.hemoglobin_g_per_l < partial.hemoglobin_g_per_l},
    };
    for (const auto& [name, wrong] : rows) {
      if (!wrong) continue;
      const std::string high = std::string("patient.complete_response.") + name;
      const std::string low = std::string("patient.partial_response.") + name;
      contradiction({high, low}, "a complete response would ask for less than a partial one",
                    {states(high) + ", " + states(low)});
    }
  }

  const Parameters& p_;
  const Origins* origins_;
  const std::string* source_;
  std::vector<Diagnostic>* errors_;
};

}  // namespace

void check_scenario(const Parameters& parameters, const Origins& origins, const std::string& source,
                    std::vector<Diagnostic>& errors) {
  Checker(parameters, origins, source, errors).check_all();
}

}  // namespace marrow::io
