#include "widgets/forms/train_panel.h"

#include <QBoxLayout>
#include <QScrollArea>
#include <QSignalBlocker>
#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/features/embedding_source.h"
#include "core/training/presets.h"
#include "widgets/forms/embedding_picker.h"
#include "widgets/forms/form_builder.h"
#include "widgets/forms/override_section.h"
#include "widgets/forms/param_editor.h"
#include "widgets/forms/plan_header.h"
#include "widgets/forms/plan_summaries.h"
#include "widgets/forms/train_footer.h"
#include "widgets/forms/train_verdict.h"
#include "widgets/forms/wheel_guard.h"
#include "widgets/state/workbench_state.h"

namespace corticast {
namespace {

// What stays when another preset is chosen: it is about this machine and these pictures, not about the model.
bool staysWithPreset(const std::string& id) {
  return id.starts_with("split.") || id == "device" || id == "threads" || id == "seed" || id == "embedding" ||
         id == "backbone" || id == "layer";
}

QString inWords(const Error& error) {
  const ErrorParts& parts = error.parts();
  return asSentence(parts.what + ": " + parts.where + ": " + parts.why + "; " + parts.remedy);
}

}  // namespace

TrainPanel::TrainPanel(WorkbenchState& state, TrainFiles files, QWidget* parent)
    : QWidget(parent),
      m_state(state),
      m_files(std::move(files)),
      m_header(new PlanHeader(this)),
      m_form(new ParamForm(planParams(), this)),
      m_picker(new EmbeddingPicker(this)),
      m_overrides(new OverrideSection(this)),
      m_footer(new TrainFooter(this)) {
  setObjectName("trainPanel");
  auto* content = new QWidget;
  auto* inner = new QVBoxLayout(content);
  inner->setContentsMargins(8, 6, 8, 6);
  inner->setSpacing(6);
  inner->addWidget(m_header);
  buildForm(inner);
  inner->addStretch(1);
  keepWheelForScrolling(*content);
  auto* scroll = new QScrollArea(this);
  scroll->setObjectName("trainScroll");
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* rule = new QFrame(this);
  rule->setFrameShape(QFrame::HLine);
  rule->setFrameShadow(QFrame::Plain);
  rule->setForegroundRole(QPalette::Mid);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(scroll, 1);
  layout->addWidget(rule);
  layout->addWidget(m_footer);
  setMinimumWidth(320);
  connectParts();
  fillSubjects();
  takePreset();
}

TrainPanel::~TrainPanel() = default;

void TrainPanel::buildForm(QVBoxLayout* layout) {
  m_form->setHidden({"embedding", "backbone", "layer"});
  m_form->sectionTop("Embedding")->addWidget(m_picker);
  m_form->setOpen("Embedding", true);
  m_form->setOpen("Model", true);
  addPlanSummaries(*m_form);
  layout->addWidget(m_form);
  layout->addWidget(m_overrides);
}

void TrainPanel::connectParts() {
  connect(m_header, &PlanHeader::presetChosen, this, &TrainPanel::takePreset);
  connect(m_header, &PlanHeader::changed, this, &TrainPanel::refresh);
  connect(m_header, &PlanHeader::openRequested, this, &TrainPanel::openPlan);
  connect(m_header, &PlanHeader::saveRequested, this, &TrainPanel::savePlan);
  connect(m_form, &ParamForm::changed, this, &TrainPanel::refresh);
  connect(m_overrides, &OverrideSection::changed, this, &TrainPanel::refresh);
  connect(m_overrides, &OverrideSection::trainOnlyRequested, this, &TrainPanel::trainOnly);
  connect(m_overrides, &OverrideSection::roiChosen, this, [this](const QString& roi) {
    const auto& current = m_state.currentRoi();
    if (current && current->name == roi.toStdString()) return;
    for (const RoiKey& key : m_state.selectedRois())
      if (key.name == roi.toStdString() && m_state.hemispheres().contains(key.hemisphere))
        return m_state.setCurrentRoi(key);
  });
  connect(m_picker, &EmbeddingPicker::chosen, this, [this](const EmbeddingOption& option) { setEmbedding(option); });
  connect(m_picker, &EmbeddingPicker::arrayRequested, this, &TrainPanel::takeArray);
  connect(m_picker, &EmbeddingPicker::folderRequested, this, &TrainPanel::takeFolder);
  connect(m_picker, &EmbeddingPicker::weightsRequested, this, &TrainPanel::takeWeights);
  connect(m_picker, &EmbeddingPicker::embedRequested, this, [this] {
    if (m_assessment && m_assessment->embedding) requestEmbedding(m_assessment->embedding->making());
  });
  connect(m_footer, &TrainFooter::trainClicked, this, &TrainPanel::train);
  connect(m_footer, &TrainFooter::stopClicked, this, [this] {
    m_waitingPlan.reset();
    showFooter();
    Q_EMIT embedStopRequested();
  });
  connect(m_footer, &TrainFooter::offerClicked, this, [this] { m_form->setValue("pca", 100); });
  connect(&m_assessor, &PlanAssessor::assessed, this, &TrainPanel::take);
  connect(&m_state, &WorkbenchState::studyChanged, this, &TrainPanel::fillSubjects);
  for (const auto signal :
       {&WorkbenchState::studyChanged, &WorkbenchState::subjectChanged, &WorkbenchState::hemispheresChanged,
        &WorkbenchState::selectedRoisChanged, &WorkbenchState::workspaceChanged})
    connect(&m_state, signal, this, &TrainPanel::refresh);
  connect(&m_state, &WorkbenchState::vertexChanged, this, [this] {
    if (m_form->values().value("focus", "") == "vertex") refresh();
  });
  connect(&m_state, &WorkbenchState::currentRoiChanged, this, [this] {
    if (const auto& roi = m_state.currentRoi()) m_overrides->showRoi(roi->name);
  });
}

void TrainPanel::fillSubjects() {
  m_assessment.reset();
  const auto study = m_state.study();
  m_header->setSubjectCount(study ? study->subjects.size() : 0);
}

void TrainPanel::takePreset() {
  const Json base = presetValues(preset(m_header->preset()));
  Json values = base;
  const Json old = m_form->values();
  for (const auto& [id, value] : old.items())
    if (staysWithPreset(id)) values[id] = value;
  m_form->setBase(base);
  m_form->setValues(values);
}

void TrainPanel::setEmbedding(const std::string& backbone, const std::string& layer, const std::string& folder) {
  Json values = m_form->values();
  values["backbone"] = backbone;
  values["layer"] = layer;
  values["embedding"] = folder;
  m_form->setValues(values);
}

PlanForm TrainPanel::form() const {
  PlanForm made;
  made.name = m_header->name();
  made.preset = m_header->preset();
  made.values = m_form->values();
  made.overrides = m_overrides->overrides();
  return made;
}

PlanScope TrainPanel::scope() const {
  if (!m_state.study()) return {};
  PlanScope chosen = planScope(*m_state.study(), m_state.subject().toStdString(), m_header->isForAllSubjects(),
                               m_state.hemispheres(), m_state.selectedRois());
  if (const auto& picked = m_state.vertex())
    chosen.vertex = VertexName{.subject = {}, .hemisphere = picked->hemisphere, .index = picked->vertex};
  return chosen;
}

// What keeps the plan from being made at all, before anything is looked at on disk.
QString TrainPanel::whyNot() const {
  if (const std::string reason = whyNoPlan(form(), scope()); !reason.empty()) return QString::fromStdString(reason);
  if (m_state.workspace().empty()) return tr("Choose a workspace, the folder for runs");
  if (const QString problem = m_form->firstProblem(); !problem.isEmpty()) return problem;
  return m_overrides->firstProblem();
}

std::optional<Plan> TrainPanel::plan() const {
  if (!whyNot().isEmpty()) return std::nullopt;
  return buildPlan(form(), scope());
}

void TrainPanel::refresh() {
  m_failure.clear();
  m_overrides->setScope(scope(), m_state.subjectData(), m_form->values());
  if (const auto& roi = m_state.currentRoi()) m_overrides->showRoi(roi->name);
  try {
    if (const auto made = plan())
      m_assessor.ask(*made, m_state.study(), m_state.workspace());
    else
      m_assessor.forget();  // the last answer stays: a half-typed number must not make the button jump
  } catch (const Error& error) {
    m_assessor.forget();
    m_assessment.reset();
    m_failure = inWords(error);
  }
  showFooter();
}

void TrainPanel::take(const std::shared_ptr<const PlanAssessment>& assessment) {
  m_assessment = assessment;
  settleEmbedding();
  showOptions();
  showFooter();
  if (!m_waitingPress || m_assessor.isWaiting()) return;
  const QString roi = *m_waitingPress;
  m_waitingPress.reset();
  if (roi.isEmpty())
    train();
  else
    trainOnly(roi);
}

// A fresh form takes what is ready, or else what can be made at once. Where there are several of one layer, the one
// that is shown is named by its folder, so that it is what is trained on.
void TrainPanel::settleEmbedding() {
  const Json values = m_form->values();
  if (!values.value("embedding", "").empty()) return;
  const std::string backbone = values.value("backbone", "");
  const auto& options = m_assessment->options;
  if (!backbone.empty()) {
    const EmbeddingOption* option = findOption(options, backbone, values.value("layer", ""));
    if (option && !option->folder.empty()) setEmbedding(*option);
    return;
  }
  const auto first = std::ranges::find_if(options, [](const auto& each) { return each.isReady() || each.canBeMade(); });
  if (first != options.end()) setEmbedding(*first);
}

void TrainPanel::showOptions() {
  if (m_assessment)
    m_picker->setOptions(m_assessment->options, m_assessment->embedding, m_form->values().value("embedding", ""));
}

void TrainPanel::showFooter() {
  m_picker->setBusy(m_isEmbedding);
  const QString missing = whyNot();
  m_footer->setCost(m_assessment && missing.isEmpty() ? costText(*m_assessment) : QString());
  if (m_isEmbedding) {
    m_footer->setReason(m_waitingPlan ? tr("The training starts when the pictures are embedded.") : QString(), false);
    return m_footer->setButton(tr("Embedding pictures…"), false);
  }
  const bool isChoosing = m_state.study() == nullptr || scope().rois.empty();
  const TrainVerdict verdict = trainVerdict(m_assessment.get(), m_failure, missing, isChoosing);
  m_footer->setReason(verdict.reason, verdict.isError, verdict.offer);
  m_footer->setButton(verdict.button, verdict.canTrain);
}

void TrainPanel::showFailure(const QString& words) {
  m_failure = words;
  showFooter();
}

void TrainPanel::train() {
  if (m_isEmbedding) return;
  const auto made = plan();
  if (!made) return showFooter();
  if (m_assessor.isWaiting()) {
    m_waitingPress = QString();
    return;
  }
  go(*made);
}

void TrainPanel::trainOnly(const QString& roi) {
  if (m_isEmbedding) return;
  const auto made = plan();
  if (!made) return showFooter();
  if (m_assessor.isWaiting()) {
    m_waitingPress = roi;
    return;
  }
  go(onlyRoi(*made, roi.toStdString()));
}

void TrainPanel::go(const Plan& plan) {
  if (!m_assessment || !m_assessment->problem.empty() || !m_assessment->embedding) return showFooter();
  const EmbeddingOption& embedding = *m_assessment->embedding;
  if (embedding.isReady()) {
    Q_EMIT trainRequested(plan);
    return;
  }
  if (!embedding.canBeMade()) return showFooter();
  m_waitingPlan = plan;
  requestEmbedding(embedding.making());
}

void TrainPanel::requestEmbedding(EmbedOptions options) {
  if (m_isEmbedding) return;
  m_isEmbedding = true;
  m_failure.clear();
  m_embedding = std::move(options);
  m_footer->showProgress(tr("Looking at the pictures…"), 0);
  showFooter();
  showOptions();
  Q_EMIT embedRequested(m_embedding);
}

void TrainPanel::refreshEmbeddings() {
  m_assessor.forgetEmbeddings();
  refresh();
}

void TrainPanel::showEmbedProgress(const QString& text, double fraction) {
  if (m_isEmbedding) m_footer->showProgress(text, fraction);
}

void TrainPanel::embedEnded(bool isDone, const QString& failure) {
  if (!m_isEmbedding) return;
  m_isEmbedding = false;
  m_footer->hideProgress();
  const std::optional<Plan> next = std::exchange(m_waitingPlan, std::nullopt);
  refreshEmbeddings();
  if (isDone && m_embedding.backbone == kPrecomputed) setEmbedding(m_embedding.backbone, m_embedding.layer, {});
  if (isDone && next) Q_EMIT trainRequested(*next);
  if (!failure.isEmpty()) showFailure(asSentence(failure.toStdString()));
}

void TrainPanel::takeArray() {
  refresh();
  const Subject* subject = m_state.subjectData();
  if (!subject) return;
  const QString filter = tr("Arrays (*.npy *.h5 *.hdf5)");
  const QString file = m_files.openFile(this,
                                        tr("Features of the %1 training pictures, in name order")
                                            .arg(QString::fromStdString(thousands(subject->trainingImages.size()))),
                                        filter);
  if (file.isEmpty()) return;
  QString test;
  if (!subject->testImages.empty() && file.endsWith(".npy"))
    test = m_files.openFile(this,
                            tr("Features of the %1 test pictures (Cancel: there are none)")
                                .arg(QString::fromStdString(thousands(subject->testImages.size()))),
                            filter);
  requestEmbedding({.backbone = kPrecomputed,
                    .layer = layerOfArray(file.toStdString()),
                    .weights = file.toStdString(),
                    .testWeights = test.toStdString(),
                    .subjects = {subject->id}});
}

void TrainPanel::takeFolder() {
  const QString folder = m_files.openFolder(this);
  if (folder.isEmpty()) return refresh();
  const Json values = m_form->values();
  setEmbedding(values.value("backbone", ""), values.value("layer", ""), folder.toStdString());
}

void TrainPanel::takeWeights() {
  if (!m_assessment || !m_assessment->embedding) return;
  const EmbeddingOption& option = *m_assessment->embedding;
  const QString file = m_files.openFile(this, QString::fromStdString(option.weights), tr("All files (*)"));
  if (file.isEmpty()) return;
  EmbedOptions options = option.making();
  options.weights = file.toStdString();
  requestEmbedding(std::move(options));
}

void TrainPanel::openPlan() {
  const QString path = m_files.openPlan(this);
  if (!path.isEmpty()) readPlanFile(path);
}

void TrainPanel::readPlanFile(const QString& path) {
  try {
    const Plan read = readPlan(path.toStdString());
    const PlanForm fields = formOf(read);
    m_header->setPreset(read.preset);
    m_header->setName(fields.name);
    m_form->setBase(presetValues(preset(m_header->preset())));
    m_overrides->setOverrides(fields.overrides);
    m_form->setValues(fields.values);
  } catch (const Error& error) {
    showFailure(inWords(error));
  }
}

void TrainPanel::savePlan() {
  try {
    const auto made = plan();
    if (!made) return showFooter();
    const QString path = m_files.savePlan(this, QString::fromStdString(made->name) + ".json");
    if (!path.isEmpty()) writeJsonFile(path.toStdString(), toJson(*made));
  } catch (const Error& error) {
    showFailure(inWords(error));
  }
}

}  // namespace corticast
