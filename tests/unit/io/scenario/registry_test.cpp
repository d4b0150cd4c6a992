// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/registry.hpp"

#include "io/scenario/describe.hpp"
#include "io/scenario/restart.hpp"
#include "io/scenario/scenario_file.hpp"
#include "io/scenario/value_text.hpp"
#include "scenario_samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

namespace {

using namespace marrow::io;

/// Parameters in a section and below, list elements and optional parts included.
std::size_t parameters_below(const std::string& section) {
  std::size_t count = 0;
  for (const ParameterSpec& spec : registry().parameters()) {
    count += spec.path.starts_with(section + ".") || spec.path.starts_with(section + "[]") ? 1 : 0;
  }
  return count;
}

template <typename... Members>
void expect_bound(const std::string& section, const Members&... members) {
  EXPECT_EQ(parameters_below(section), sizeof...(members)) << section;
}

// The structured bindings stop compiling when a struct gains a member, the counts fail when the
// registry lacks it; that no two entries share a member is RestartComparison's job.
TEST(Registry, BindsEveryMemberOfTheLeafStructs) {
  const marrow::Parameters& p = registry().prototype();
  {
    const auto& [a, b, c] = p.scenario;
    expect_bound("scenario", a, b, c);
  }
  {
    const auto& [a, b, c] = p.domain;
    expect_bound("domain", a, b, c);
  }
  {
    const auto& [a, b, c] = p.tissue.bone;
    expect_bound("tissue.bone", a, b, c);
  }
  {
    const auto& [a, b] = p.tissue.sinusoids;
    expect_bound("tissue.sinusoids", a, b);
    expect_bound("tissue.arterioles", a, b);
  }
  {
    const auto& [a, b] = p.tissue.adipocytes;
    expect_bound("tissue.adipocytes", a, b);
  }
  {
    const auto& [a, b] = p.tissue.image.labels[0];
    expect_bound("tissue.image.labels", a, b);
    const auto& [file, threshold, labels, tolerance] = p.tissue.image;
    expect_bound("tissue.image", file, threshold, tolerance, a, b);
    EXPECT_EQ(labels.size(), 1U);
  }
  {
    const auto& [source, bone, sinusoids, arterioles, adipocytes, image] = p.tissue;
    EXPECT_EQ(registry().children("tissue").size(), 6U);
    EXPECT_TRUE(&bone != nullptr && &image != nullptr && &source != nullptr);
    EXPECT_TRUE(&sinusoids != &arterioles && &adipocytes != nullptr);
  }
  {
    const auto& [a, b, c, d, e, f, g] = p.niches;
    expect_bound("niches", a, b, c, d, e, f, g);
  }
  {
    const auto& [a, b, c, d, e, f, g, h, i] = p.hspc;
    expect_bound("hspc", a, b, c, d, e, f, g, h, i);
  }
  {
    const auto& [a, b, c, d, e, f, g] = p.clones.founders[0];
    expect_bound("clones.founders", a, b, c, d, e, f, g);
  }
  {
    const auto& [a, b, c, d, e] = p.clones.mutations[0];
    expect_bound("clones.mutations", a, b, c, d, e);
    const auto& [n_real, founders, mutations] = p.clones;
    EXPECT_EQ(registry().children("clones").size(), 3U);
    EXPECT_TRUE(n_real > 0.0 && founders.size() == mutations.size());
  }
}

TEST(Registry, BindsEveryMemberOfTheOtherStructs) {
  const marrow::Parameters& p = registry().prototype();
  {
    const auto& [a, b, c] = *p.tcells.trigger;
    expect_bound("tcells.trigger", a, b, c);
    const auto& [d, e, f, g, h, i, j, k, trigger] = p.tcells;
    expect_bound("tcells", a, b, c, d, e, f, g, h, i, j, k);
    EXPECT_TRUE(trigger.has_value());
  }
  {
    const auto& [a, b, c] = p.patient.progenitors;
    expect_bound("patient.progenitors", a, b, c);
    const auto& [d, e] = p.patient.neutrophils;
    for (const char* lineage : {"neutrophils", "platelets", "reticulocytes", "hemoglobin"}) {
      expect_bound(std::string("patient.") + lineage, d, e);
    }
    // The six members of ClinicalCriteria: hemoglobin serves the responses only, reticulocytes and
    // cellularity SAA only.
    const auto& [n, t, r, h, cellularity, window] = p.patient.saa;
    expect_bound("patient.saa", n, t, r, cellularity, window);
    expect_bound("patient.partial_response", n, t, h, window);
    expect_bound("patient.complete_response", n, t, h, window);
    const auto& [x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11] = p.patient;
    EXPECT_EQ(registry().children("patient").size(), 11U);
    EXPECT_GT(x1 + x2 + x3, 0.0);
    EXPECT_TRUE(&x4 != nullptr && &x5 != &x6 && &x7 != &x8 && &x9 != &x10 && &x11 != nullptr);
  }
  {
    const auto& [a, b] = p.run;
    expect_bound("run", a, b);
  }
  {
    const auto& [a, crop, c, d, e, f, g] = p.output.frames;
    const auto& [lo, hi] = *crop;
    expect_bound("output.frames", a, c, d, e, f, g, lo, hi);
    const auto& [series, frames] = p.output;
    EXPECT_EQ(parameters_below("output"), 9U);
    EXPECT_TRUE(series > 0.0 && frames.crop_voxels.has_value());
  }
  {
    const auto& [a, b, c, d] = p.checkpoint;
    expect_bound("checkpoint", a, b, c, d);
  }
  const auto& [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11] = p;
  EXPECT_EQ(registry().children("").size(), 11U);
  EXPECT_TRUE(&s1 != nullptr && &s2 != nullptr && &s3 != nullptr && &s4 != nullptr &&
              &s5 != nullptr && &s6 != nullptr && &s7 != nullptr && &s8 != nullptr &&
              &s9 != nullptr && &s10 != nullptr && &s11 != nullptr);
}

TEST(Registry, IsWellFormed) {
  std::set<std::string> paths;
  for (const ParameterSpec& spec : registry().parameters()) {
    EXPECT_TRUE(paths.insert(spec.path).second) << spec.path << " is declared twice";
    EXPECT_FALSE(spec.sentence.empty()) << spec.path;
    EXPECT_TRUE(spec.sentence.ends_with(".")) << spec.path;
    EXPECT_NE(registry().section(registry().section_of(spec.path).path), nullptr) << spec.path;
    EXPECT_EQ(spec.presence == Presence::has_default, spec.example.empty()) << spec.path;
    for (const std::string& unit : spec.units) {
      EXPECT_EQ(parse_unit(unit).fault, QuantityFault::none) << spec.path << " " << unit;
      EXPECT_EQ(parse_unit(unit).unit.dimension, spec.unit.dimension) << spec.path << " " << unit;
    }
    EXPECT_EQ(spec.type == ParameterType::quantity, !spec.units.empty()) << spec.path;
    if (spec.type == ParameterType::quantity) {
      EXPECT_NE(accepted_units(spec.unit.dimension), accepted_units({9, 9, 9, 9})) << spec.path;
    }
    EXPECT_TRUE(spec.type != ParameterType::choice || spec.choices.size() >= 2) << spec.path;
    // Numbers of the science carry their source; the rest is technical.
    const std::string top = spec.path.substr(0, spec.path.find('.'));
    if (spec.type == ParameterType::quantity && top != "run" && top != "output" &&
        top != "checkpoint" && spec.path != "domain.spacing" && spec.path != "tcells.trigger.at") {
      EXPECT_NE(spec.source.find('['), std::string::npos) << spec.path << " has no evidence tag";
    }
  }
}

TEST(Registry, DefaultsAreWithinTheirOwnLimits) {
  for (const ParameterSpec& spec : registry().parameters()) {
    const Value value = spec.get(registry().prototype(), 0);
    const double* number = std::get_if<double>(&value);
    if (number == nullptr || spec.presence == Presence::required) continue;
    EXPECT_LE(*number, spec.limits.highest) << spec.path;
    EXPECT_GE(*number, spec.limits.lowest) << spec.path;
    EXPECT_TRUE(!spec.limits.above_lowest || *number > spec.limits.lowest) << spec.path;
    EXPECT_TRUE(!spec.whole_hours || *number == std::floor(*number)) << spec.path;
  }
}

TEST(Explain, SaysSomethingAboutEverything) {
  for (const ParameterSpec& spec : registry().parameters()) {
    const auto text = explain(spec.path);
    ASSERT_TRUE(text.has_value()) << spec.path;
    EXPECT_NE(text->find(spec.sentence), std::string::npos) << spec.path;
    EXPECT_NE(text->find(default_text(spec)), std::string::npos) << spec.path;
    EXPECT_NE(text->find("restart"), std::string::npos) << spec.path;
  }
  for (const SectionSpec& section : registry().sections()) {
    const auto text = explain(section.path);
    ASSERT_TRUE(text.has_value()) << section.path;
    for (const std::string& name : registry().children(section.path)) {
      EXPECT_NE(text->find(name), std::string::npos) << section.path << " " << name;
    }
  }
  EXPECT_TRUE(explain("clones.founders[3].cells").has_value());
  EXPECT_NE(explain("therapy")->find("does not simulate"), std::string::npos);
}

TEST(Explain, ShowsAllThereIsToSay) {
  EXPECT_EQ(explain("hspc.homeostatic_rate").value(),
            "hspc.homeostatic_rate\n"
            "  Rate of symmetric division, and of loss by differentiation, in a full marrow.\n\n"
            "  write     a number and a unit: /s, /min, /h, /d, /wk, /y, or an inverse such as "
            "1/(40 wk)\n"
            "  default   1.488e-4 /h\n"
            "  allowed   0 /h to 100 /h\n"
            "  usual     1/(50 wk) to 1/(25 wk)\n"
            "  restart   warned: a run continues with another value only with --allow-change\n"
            "  source    Catlin 2011 Blood 117:4460 [S]; Shepherd 2007 Blood 110:1806 [S]\n"
            "  tags      [S] read in the source\n");
}

TEST(Explain, SuggestsWhatWasMeant) {
  EXPECT_FALSE(explain("hspc.homeostaic_rate").has_value());
  EXPECT_EQ(explain_unknown("hspc.homeostaic_rate"),
            "there is no parameter or section 'hspc.homeostaic_rate'\n"
            "  = did you mean 'hspc.homeostatic_rate'?\n");
  EXPECT_NE(explain_unknown("motility").find("'tcells.motility'"), std::string::npos);
  EXPECT_NE(explain_unknown("zebra").find("sections: scenario, domain"), std::string::npos);
}

/// The schema of a parameter's path, through properties, items and anyOf.
nlohmann::json schema_at(const nlohmann::json& root, const std::string& path) {
  nlohmann::json node = root;
  std::size_t begin = 0;
  while (begin < path.size()) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    std::string name = path.substr(begin, end - begin);
    const bool list = name.ends_with("[]");
    if (list) name.resize(name.size() - 2);
    if (node.contains("anyOf")) node = node["anyOf"][0];
    if (!node.contains("properties") || !node["properties"].contains(name)) return nullptr;
    node = nlohmann::json(node["properties"][name]);
    if (list) node = nlohmann::json(node["items"]);
    begin = end + 1;
  }
  return node;
}

TEST(Schema, DescribesEveryParameter) {
  const nlohmann::json schema = json_schema();
  EXPECT_EQ(schema["$schema"], "http://json-schema.org/draft-07/schema#");
  EXPECT_EQ(schema["additionalProperties"], false);
  EXPECT_EQ(nlohmann::json::parse(schema.dump()), schema);
  for (const ParameterSpec& spec : registry().parameters()) {
    const nlohmann::json entry = schema_at(schema, spec.path);
    ASSERT_TRUE(entry.is_object()) << spec.path;
    EXPECT_NE(entry["description"].get<std::string>().find(spec.sentence), std::string::npos);
    EXPECT_EQ(entry.contains("default"), spec.presence == Presence::has_default) << spec.path;
  }
  EXPECT_EQ(schema["required"], (nlohmann::json{"scenario", "domain", "run"}));
  EXPECT_EQ(schema["properties"]["domain"]["properties"]["boundary"]["enum"],
            (nlohmann::json{"reflecting", "periodic"}));
}

TEST(Reference, ListsEveryParameter) {
  const std::string text = reference_markdown();
  for (const ParameterSpec& spec : registry().parameters()) {
    EXPECT_NE(text.find("| `" + spec.path + "` |"), std::string::npos) << spec.path;
  }
  for (const SectionSpec& section : registry().sections()) {
    if (!section.path.empty()) {
      EXPECT_NE(text.find("\n## " + section.path + "\n"), std::string::npos) << section.path;
    }
  }
}

TEST(DiagnosticsAsJson, CarryPlaceMessageAndParameter) {
  const ReadResult result = read_scenario_text(
      "scenario: {name: a}\ndomain:\n  size: [200, 200, 200]\n  spacing: 10\nrun: {duration: 1 "
      "y}\n",
      "x.yaml");
  const nlohmann::json list = diagnostics_json(result.diagnostics);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["file"], "x.yaml");
  EXPECT_EQ(list[0]["line"], 4);
  EXPECT_EQ(list[0]["column"], 12);
  EXPECT_EQ(list[0]["end_column"], 14);
  EXPECT_EQ(list[0]["parameter"], "domain.spacing");
  EXPECT_EQ(list[0]["message"], "'domain.spacing' is a length and needs a unit");
  EXPECT_EQ(list[0]["advice"].size(), 2U);
}

TEST(Paths, AreTakenApartAndPutTogether) {
  EXPECT_EQ(parent_path("a.b[].c"), "a.b[]");
  EXPECT_EQ(parent_path("a"), "");
  EXPECT_EQ(last_name("a.b[].c"), "c");
  EXPECT_EQ(without_indices("a.b[12].c"), "a.b[].c");
  EXPECT_EQ(with_index("a.b[].c", 3), "a.b[3].c");
  EXPECT_EQ(with_index("a.c", 3), "a.c");
}

}  // namespace
