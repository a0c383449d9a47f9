#include <QTest>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/data/study.h"
#include "core/training/presets.h"
#include "core/training/target_group.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"
#include "widgets/forms/embedding_label.h"
#include "widgets/forms/embedding_options.h"
#include "widgets/forms/plan_assessor.h"
#include "widgets/forms/plan_builder.h"
#include "widgets/state/workbench_state.h"

namespace corticast {
namespace {

using testing::TempDir;

constexpr auto kLeft = Hemisphere::Left;
constexpr auto kRight = Hemisphere::Right;

struct Bench {
  TempDir folder;
  Study study;
  Bench() {
    testing::makeSmallStudy(folder / "study", {.subjects = 2});
    study = openStudy(folder / "study");
  }

  [[nodiscard]] std::filesystem::path workspace() const { return folder / "workspace"; }
  [[nodiscard]] std::vector<std::filesystem::path> embed(const StoredForm& form,
                                                         const std::vector<std::string>& subjects) const {
    ProgressReporter silent;
    std::vector<std::filesystem::path> folders;
    for (const Embedding& each :
         embedStudy(study, {.subjects = subjects, .workspace = workspace(), .form = form}, silent))
      folders.push_back(each.info().path);
    return folders;
  }
  /// Those that the workspace has.
  [[nodiscard]] std::vector<EmbeddingOption> optionsFor(const std::vector<std::string>& subjects) const {
    std::vector<EmbeddingOption> options = embeddingOptions(workspace(), study, subjects);
    std::erase_if(options, [](const EmbeddingOption& option) { return !option.made; });
    return options;
  }
  [[nodiscard]] PlanAssessment assess(const std::filesystem::path& embedding, const std::vector<std::string>& subjects,
                                      const std::vector<EmbeddingOption>& options) const {
    Plan plan = planFromPreset(preset("clip-linear-roi"));
    plan.subjects = subjects;
    plan.defaults["embedding"] = embedding.string();
    return assessPlan(plan, study, workspace(), options, {});
  }
};

std::vector<std::string> labelsOf(const std::vector<EmbeddingOption>& options) {
  std::vector<std::string> labels;
  for (const EmbeddingOption& option : options) labels.push_back(option.label);
  return labels;
}

PlanForm formOfPreset(const std::string& id) {
  PlanForm form;
  form.preset = id;
  form.values = presetValues(preset(id));
  form.values["backbone"] = "gabor";
  return form;
}

Override overrideOf(const std::string& roi, const std::string& hemisphere, const Json& settings) {
  Override made;
  made.roi = roi;
  made.hemisphere = hemisphere;
  made.settings = settings;
  return made;
}

const RoiKey kOfaLeft{kLeft, "floc-faces", "OFA"}, kOfaRight{kRight, "floc-faces", "OFA"},
    kPpaLeft{kLeft, "floc-places", "PPA"}, kPpaRight{kRight, "floc-places", "PPA"};

}  // namespace

class TestPlanBuilder : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aPresetRoundTripsThroughTheForm() {
    for (const Preset& each : presets()) {
      const Plan plan = planFromPreset(each);
      const PlanForm form = formOf(plan);
      const Plan again =
          buildPlan(form, {.dataset = "/study", .subjects = {"subj01"}, .hemispheres = {kLeft}, .rois = {"OFA"}});
      QCOMPARE(QString::fromStdString(toJson(defaultSettings(again)).dump()),
               QString::fromStdString(toJson(defaultSettings(plan)).dump()));
      QCOMPARE(again.focus, plan.focus);
      QCOMPARE(again.name, each.label);
      // What it says is complete: reading it back gives the same.
      QCOMPARE(toJson(planFromJson(toJson(again), "plan")).dump(), toJson(again).dump());
    }
  }

  void theScopeComesFromTheSelection() {
    Bench bench;
    const PlanScope scope =
        planScope(bench.study, "subj01", false, {kLeft, kRight}, {kOfaLeft, kOfaRight, kPpaLeft, kPpaRight});
    QCOMPARE(scope.subjects, std::vector<std::string>{"subj01"});
    QCOMPARE(scope.rois, (std::vector<std::string>{"OFA", "PPA"}));
    QVERIFY(scope.roisOfOneSide.empty());
    const Plan plan = buildPlan(formOfPreset("clip-linear-roi"), scope);
    QCOMPARE(cutTargetGroups(plan, bench.study).groups.size(), size_t{4});
    QVERIFY(plan.dataset.is_absolute());
  }

  void allSubjectsAreNamed() {
    Bench bench;
    const PlanScope scope = planScope(bench.study, "subj02", true, {kLeft}, {kOfaLeft});
    QCOMPARE(scope.subjects, (std::vector<std::string>{"subj01", "subj02"}));
    QCOMPARE(cutTargetGroups(buildPlan(formOfPreset("clip-linear-roi"), scope), bench.study).groups.size(), size_t{2});
  }

  void roisOfAHiddenHemisphereAreNotTrained() {
    Bench bench;
    const PlanScope scope = planScope(bench.study, "subj01", false, {kRight}, {kOfaLeft, kPpaRight});
    QCOMPARE(scope.rois, std::vector<std::string>{"PPA"});
  }

  void anRoiCheckedOnOneSideOnlyIsSaid() {
    Bench bench;
    const PlanScope scope = planScope(bench.study, "subj01", false, {kLeft, kRight}, {kOfaLeft, kPpaLeft, kPpaRight});
    QCOMPARE(scope.roisOfOneSide, std::vector<std::string>{"OFA"});
  }

  void noCheckedRoiIsNotAllRois() {
    Bench bench;
    const PlanScope none = planScope(bench.study, "subj01", false, {kLeft}, {});
    QCOMPARE(whyNoPlan(formOfPreset("clip-linear-roi"), none),
             std::string("Check at least one ROI in the Study panel"));
    QCOMPARE(whyNoPlan(formOfPreset("clip-linear-all"), none),
             std::string("Check at least one ROI in the Study panel"));
    QCOMPARE(whyNoPlan(formOfPreset("baseline-alexnet"), none), std::string());
    QCOMPARE(whyNoPlan(formOfPreset("clip-linear-roi"), {}), std::string("Open a study first"));
  }

  void overridesOfTrainedRoisOnlyAreInThePlan() {
    Bench bench;
    PlanForm form = formOfPreset("clip-linear-roi");
    form.overrides = {overrideOf("OFA", "", {{"learningRate", 3e-4}}), overrideOf("PPA", "", {{"patience", 3}}),
                      overrideOf("", "rh", {{"batchSize", 64}})};
    const PlanScope scope = planScope(bench.study, "subj01", false, {kLeft, kRight}, {kOfaLeft, kOfaRight});
    const Plan plan = buildPlan(form, scope);
    QCOMPARE(plan.overrides.size(), size_t{2});
    const TargetGroups cut = cutTargetGroups(plan, bench.study);
    QCOMPARE(cut.groups.at(0).settings.learningRate, 3e-4);
    QCOMPARE(cut.groups.at(0).settings.batchSize, 256);
    QCOMPARE(cut.groups.at(1).settings.batchSize, 64);
    form.values["focus"] = "hemisphere";
    QCOMPARE(buildPlan(form, scope).overrides.size(), size_t{1});
    QVERIFY(buildPlan(form, scope).rois.empty());
  }

  void oneRoiAloneKeepsItsOverrides() {
    Bench bench;
    PlanForm form = formOfPreset("clip-linear-roi");
    form.name = "Mine";
    form.overrides = {overrideOf("OFA", "", {{"learningRate", 3e-4}}), overrideOf("PPA", "", {{"patience", 3}})};
    const PlanScope scope =
        planScope(bench.study, "subj01", false, {kLeft, kRight}, {kOfaLeft, kOfaRight, kPpaLeft, kPpaRight});
    const Plan plan = onlyRoi(buildPlan(form, scope), "PPA");
    QCOMPARE(plan.name, std::string("Mine, PPA only"));
    const TargetGroups cut = cutTargetGroups(plan, bench.study);
    QCOMPARE(cut.groups.size(), size_t{2});
    QCOMPARE(cut.groups.at(0).settings.patience, 3);
  }

  void everythingInAPlanFileComesBack() {
    PlanForm form = formOfPreset("clip-linear-all");
    form.name = "n";
    form.values["split.kind"] = "kfold";
    form.values["split.fold"] = 2;
    form.values["device"] = "cuda:1";
    form.values["threads"] = 3;
    form.values["seed"] = 7;
    form.values["embedding"] = "/some/embedding";
    form.overrides = {overrideOf("", "lh", {{"patience", 3}})};
    const PlanScope scope{.dataset = "/study", .subjects = {"subj01"}, .hemispheres = {kLeft}, .rois = {"OFA"}};
    const Plan plan = buildPlan(form, scope);
    QCOMPARE(plan.split.kind, std::string("kfold"));
    const PlanForm again = formOf(planFromJson(toJson(plan), "file"));
    QCOMPARE(toJson(buildPlan(again, scope)).dump(), toJson(plan).dump());
    QCOMPARE(again.values.at("device").get<std::string>(), std::string("cuda:1"));
    QCOMPARE(again.values.at("embedding").get<std::string>(), std::string("/some/embedding"));
  }

  void embeddingsThatCanBeMadeAreOffered() {
    Bench bench;
    const auto options = embeddingOptions(bench.folder / "workspace", bench.study, {"subj01", "subj02"});
    const EmbeddingOption* gabor = findOption(options, "gabor", "");
    QVERIFY(gabor && !gabor->isReady() && gabor->canBeMade());
    QCOMPARE(gabor->missingPictures, uint64_t{48});
    QVERIFY(gabor->features() > 0);
    QCOMPARE(layerOfArray("/x/my clip (v2).npy"), std::string("my_clip_v2"));
    QCOMPARE(layerOfArray("/x/...npy"), std::string("features"));
  }

  void variantsOfAnEmbeddingAreOptionsOfTheirOwn() {
    Bench bench;
    const auto alone = bench.embed({}, {"subj01"});
    QCOMPARE(labelsOf(bench.optionsFor({"subj01"})), std::vector<std::string>{"Gabor pyramid, contrast energy"});
    QCOMPARE(bench.optionsFor({"subj01"}).front().folder, std::string());
    const auto half = bench.embed({.dtype = "float16"}, {"subj01"});
    const auto components = bench.embed({.pca = 3}, {"subj01", "subj02"});
    const auto options = bench.optionsFor({"subj01"});
    QCOMPARE(labelsOf(options),
             (std::vector<std::string>{"Gabor pyramid, contrast energy", "Gabor pyramid, contrast energy, 3 components",
                                       "Gabor pyramid, contrast energy, float16"}));
    QCOMPARE(options.at(0).folder, alone.at(0).string());
    QCOMPARE(options.at(1).folder, components.at(0).string());
    QCOMPARE(options.at(1).features(), uint64_t{3});
    QCOMPARE(options.at(2).folder, half.at(0).string());
    QCOMPARE(findOption(options, "gabor", "")->folder, alone.at(0).string());
  }

  void aVariantIsOfferedForSeveralSubjectsTogether() {
    Bench bench;
    (void)bench.embed({}, {"subj01"});
    const auto components = bench.embed({.pca = 3}, {"subj01", "subj02"});
    const auto options = bench.optionsFor({"subj01", "subj02"});
    QVERIFY(options.at(0).isReady());
    QCOMPARE(options.at(0).label, std::string("Gabor pyramid, contrast energy, 3 components"));
    QCOMPARE(options.at(0).folders.size(), size_t{2});
    const auto plain = std::ranges::find(options, "Gabor pyramid, contrast energy", &EmbeddingOption::label);
    QVERIFY(plain != options.end());
    QCOMPARE(plain->missing, std::vector<std::string>{"subj02"});
    QCOMPARE(plain->missingPictures, uint64_t{24});
    QCOMPARE(plain->making().subjects, plain->missing);
    QCOMPARE(bench.assess(components.at(0), {"subj01", "subj02"}, options).embedding->label, options.at(0).label);
  }

  void theFolderOfOneSubjectNamesTheVariantForAnother() {
    Bench bench;
    (void)bench.embed({}, {"subj01", "subj02"});
    const auto components = bench.embed({.pca = 3}, {"subj01", "subj02"});
    const auto own = bench.assess(components.at(0), {"subj02"}, bench.optionsFor({"subj02"})).embedding;
    QVERIFY(own && own->isReady());
    QCOMPARE(own->folders, std::vector<std::filesystem::path>{components.at(1)});
  }

  void aVariantThatAnotherSubjectHasCanBeMade() {
    Bench bench;
    const auto components = bench.embed({.pca = 3}, {"subj01"});
    const auto absent = bench.assess(components.at(0), {"subj02"}, bench.optionsFor({"subj02"})).embedding;
    QVERIFY(absent && !absent->isReady() && absent->canBeMade());
    QCOMPARE(absent->missingPictures, uint64_t{24});
    const EmbedOptions making = absent->making();
    QCOMPARE(making.form.pca, 3);
    QCOMPARE(making.subjects, std::vector<std::string>{"subj02"});
  }

  void labelsTellWhatDiffers() {
    EmbeddingInfo plain;
    plain.backbone = "alexnet";
    plain.layer = "features.2";
    plain.weightsFile = "/w/published.pth";
    plain.hash = "0123456789ab";
    plain.parameters = {{"size", 224}};
    EmbeddingInfo pooled = plain, own = plain, again = plain;
    pooled.form = {.dtype = "float16", .pool = "mean", .grid = 8, .pca = 64};
    own.weightsFile = "/w/mine.pth";
    again.hash = "cafe00000000";
    const std::string name = embeddingLabel("alexnet", "features.2");
    QVERIFY(name.starts_with("AlexNet, "));
    QCOMPARE(variantLabels({plain}), std::vector<std::string>{name});
    QCOMPARE(variantLabels({plain, pooled}),
             (std::vector<std::string>{name, name + ", mean 8 x 8, 64 components, float16"}));
    QCOMPARE(variantLabels({plain, own}), (std::vector<std::string>{name + ", published.pth", name + ", mine.pth"}));
    QCOMPARE(variantLabels({plain, again}),
             (std::vector<std::string>{name + ", published.pth, 012345", name + ", published.pth, cafe00"}));
    EmbeddingInfo small, large;
    small.backbone = large.backbone = "gabor";
    small.layer = large.layer = "energy";
    small.parameters = {{"size", 64}, {"compression", "root"}, {"cycles", {2, 4}}};
    large.parameters = {{"size", 128}, {"compression", "root"}, {"cycles", {2, 4, 8}}};
    QCOMPARE(variantLabels({small, large}),
             (std::vector<std::string>{
                 "Gabor pyramid, contrast energy, picture size 64 pixels, frequencies 2/4 cycles per picture",
                 "Gabor pyramid, contrast energy, picture size 128 pixels, frequencies 2/4/8 cycles per picture"}));
  }

  void theCostIsRefusedWithItsNumber() {
    Bench bench;
    const auto options = embeddingOptions(bench.folder / "workspace", bench.study, {"subj01"});
    const PlanScope scope = planScope(bench.study, "subj01", false, {kLeft}, {kOfaLeft});
    const Plan plan = buildPlan(formOfPreset("clip-linear-roi"), scope);
    Machine machine{.threads = 2, .flopsPerSecond = 1e11, .freeMemoryBytes = 8'000'000'000};
    const PlanAssessment fits = assessPlan(plan, bench.study, bench.folder.path(), options, machine);
    QCOMPARE(fits.problem, std::string());
    QVERIFY(fits.isCostKnown);
    QCOMPARE(fits.cost.models, uint64_t{1});
    machine.freeMemoryBytes = 1'000'000;
    const PlanAssessment tooLarge = assessPlan(plan, bench.study, bench.folder.path(), options, machine);
    QVERIFY2(tooLarge.problem.find("1.0 MB are free") != std::string::npos, tooLarge.problem.c_str());
    QVERIFY(tooLarge.helpsPca);
  }

  void aWrongPlanIsAProblemNotAFailure() {
    Bench bench;
    const auto options = embeddingOptions(bench.folder / "workspace", bench.study, {"subj01"});
    Plan plan =
        buildPlan(formOfPreset("clip-linear-roi"), planScope(bench.study, "subj01", false, {kLeft}, {kOfaLeft}));
    plan.split = {.kind = "kfold", .folds = 5, .fold = 9};
    const PlanAssessment assessment = assessPlan(plan, bench.study, bench.folder.path(), options,
                                                 {.threads = 1, .flopsPerSecond = 1e10, .freeMemoryBytes = 0});
    QVERIFY2(assessment.problem.starts_with("Fold 9 of 5 is asked for"), assessment.problem.c_str());
  }
};

}  // namespace corticast

using corticast::TestPlanBuilder;
QTEST_GUILESS_MAIN(TestPlanBuilder)
#include "tst_plan_builder.moc"
