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
#include <regex>
#include <set>
#include <string>

namespace {

using namespace marrow::io;

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
        top != "checkpoint" && spec.path != "domain.spacing" && spec.path != "tcells.trigger.at" &&
        spec.path != "therapy[].at") {
      EXPECT_NE(spec.source.find('['), std::string::npos) << spec.path << " has no evidence tag";
    }
    if (top == "drugs") {
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
  EXPECT_TRUE(explain("therapy[0]").has_value());
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

TEST(Schema, AcceptsTheDosesThatTheReaderDoes) {
  const nlohmann::json dose = schema_at(json_schema(), "therapy[].dose");
  EXPECT_EQ(dose["default"], "standard");
  EXPECT_EQ(dose["anyOf"][1]["const"], "standard");
  const std::regex pattern(dose["anyOf"][0]["pattern"].get<std::string>());
  for (const char* text : {"40 mg/kg", "150 mg", "5 ug/kg", "3e6 /kg", "3 x 10^6 /kg"}) {
    EXPECT_TRUE(std::regex_match(text, pattern)) << text;
  }
  for (const char* text : {"40", "40 d", "mg"}) EXPECT_FALSE(std::regex_match(text, pattern));
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
