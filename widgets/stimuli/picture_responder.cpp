#include "widgets/stimuli/picture_responder.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QPointer>
#include <QThreadPool>
#include <algorithm>
#include <numeric>

#include "core/base/error.h"
#include "core/runs/picture_predictor.h"
#include "core/runs/run_pictures.h"
#include "widgets/state/picture_response.h"
#include "widgets/stimuli/thumbnail_cache.h"

namespace corticast {
namespace {

constexpr int kPreviewPixels = 512;

QString nameOf(const RunSnapshot& run) {
  return QString::fromStdString(run.meta.name.empty() ? run.id : run.meta.name);
}

std::vector<float> measuredRow(const Responses& responses, uint32_t row) {
  std::vector<uint32_t> columns(responses.cols());
  std::iota(columns.begin(), columns.end(), 0U);
  Matrix<float> values(1, columns.size());
  responses.gather(std::span(&row, 1), columns, values.view());
  return {values.values().begin(), values.values().end()};
}

}  // namespace

struct PictureResponder::Question {
  std::shared_ptr<const Study> study;
  QString subject;
  WorkbenchState::RunPointer run;
  QString file;  ///< name in the study, or a path
  bool isForeign = false;
  ShownResponse shown = ShownResponse::Predicted;
  std::shared_ptr<PicturePredictor> predictor;  ///< null: to be made
  quint64 number = 0;

  [[nodiscard]] QString predictorKey() const { return QString::fromStdString(run ? run->id : "") + " " + subject; }
};

struct PictureResponder::Answer {
  std::shared_ptr<PictureResponse> response;
  std::shared_ptr<PicturePredictor> predictor;
  QString predictorOf;
  QString failure;
};

namespace {

const Stimulus* findStimulus(const Subject& subject, const QString& file, bool& isTest) {
  for (const auto* images : {&subject.trainingImages, &subject.testImages}) {
    const auto found = std::ranges::find(*images, file.toStdString(), &Stimulus::file);
    isTest = images == &subject.testImages;
    if (found != images->end()) return &*found;
  }
  return nullptr;
}

Error cannotShow(const QString& file, const std::string& why, const std::string& remedy) {
  return Error({.what = "show the response to a picture", .where = file.toStdString(), .why = why, .remedy = remedy});
}

void fillMeasured(const Subject& subject, const Stimulus& stimulus, bool isTest, PictureResponse& response) {
  for (const HemisphereData& h : subject.hemispheres) {
    const Responses* responses = isTest ? h.test.get() : h.training.get();
    if (!responses)
      throw cannotShow(QString::fromStdString(stimulus.file), "responses to test pictures are not in this study",
                       "show the predicted one");
    response.columns[h.hemisphere == Hemisphere::Left ? 0 : 1] =
        measuredRow(*responses, static_cast<uint32_t>(stimulus.index - 1));
  }
}

/// Whether the run kept its prediction for this picture (it did unless it trained on it).
bool fillKept(const RunFolder& run, const Subject& subject, const Stimulus& stimulus, PictureResponse& response) {
  bool isKept = false;
  for (const Hemisphere h : kHemispheres) {
    auto& columns = response.columns[h == Hemisphere::Left ? 0 : 1];
    columns = RunPictures(run, subject.id, h).responses(stimulus.file);
    isKept = isKept || !columns.empty();
  }
  return isKept;
}

}  // namespace

PictureResponder::Answer PictureResponder::answerOf(const Question& question) {
  Answer answer{nullptr, question.predictor, question.predictorKey(), {}};
  auto response = std::make_shared<PictureResponse>();
  response->subject = question.subject;
  try {
    const Subject& subject = question.study->subject(question.subject.toStdString());
    bool isTest = false;
    const Stimulus* stimulus = question.isForeign ? nullptr : findStimulus(subject, question.file, isTest);
    if (!stimulus && !question.isForeign)
      throw cannotShow(question.file, "the subject did not see it", "choose another picture");
    const std::filesystem::path path = stimulus ? stimulus->path : std::filesystem::path(question.file.toStdString());
    const QString name = QFileInfo(question.file).fileName();
    response->picture = loadPicture(path, kPreviewPixels);
    if (question.shown == ShownResponse::Measured) {
      response->title = tr("Measured response");
      response->description = tr("%1, measured").arg(name);
      fillMeasured(subject, *stimulus, isTest, *response);
    } else {
      const RunFolder run(question.run->path);
      response->title = tr("Predicted response");
      response->description = tr("%1, predicted by %2").arg(name, nameOf(*question.run));
      if (!stimulus || !fillKept(run, subject, *stimulus, *response)) {
        if (!answer.predictor) answer.predictor = std::make_shared<PicturePredictor>(run, subject.id);
        response->columns = answer.predictor->predict(readUprightImage(path));
        if (stimulus) response->description += tr(" (trained on it)");
      }
    }
    answer.response = response;
  } catch (const std::exception& error) {
    answer.failure = QString::fromUtf8(error.what());
  }
  return answer;
}

PictureResponder::PictureResponder(WorkbenchState& state, QObject* parent) : QObject(parent), m_state(state) {
  connect(&state, &WorkbenchState::pictureChanged, this, &PictureResponder::showPicture);
  connect(&state, &WorkbenchState::selectedRunsChanged, this, [this] {
    if (m_shown == ShownResponse::Predicted) showPicture();
  });
  connect(&state, &WorkbenchState::mapChanged, this, [this] {
    if (m_state.map() != MapKind::Picture) m_mapBefore = m_state.map();
  });
}

PictureResponder::~PictureResponder() = default;

void PictureResponder::setShown(ShownResponse shown) {
  m_shown = shown;
  if (shown == ShownResponse::None && m_state.map() == MapKind::Picture) m_state.setMap(m_mapBefore);
  showPicture();
}

void PictureResponder::showPicture() {
  if (m_shown == ShownResponse::None || m_state.picture().isEmpty()) return;
  Question question;
  question.file = m_state.picture();
  question.shown = m_shown;
  ask(std::move(question));
}

void PictureResponder::predictFile(const QString& file) {
  Question question;
  question.file = file;
  question.isForeign = true;
  ask(std::move(question));
}

void PictureResponder::ask(Question question) {
  question.study = m_state.study();
  question.subject = m_state.subject();
  question.run = m_state.currentRun();
  question.number = ++m_request;
  if (!question.study) {
    Q_EMIT failed(tr("Open a study first, and choose a finished run: its models predict the response."));
    return;
  }
  if (question.shown == ShownResponse::Predicted && !question.run) {
    Q_EMIT failed(tr("Choose a finished run in the list of runs: its models predict the response to the picture."));
    return;
  }
  m_next = std::make_shared<const Question>(std::move(question));
  start();
}

void PictureResponder::start() {
  if (m_isAnswering || !m_next) return;
  m_isAnswering = true;
  auto question = std::make_shared<Question>(*m_next);
  m_next.reset();
  if (m_predictorOf == question->predictorKey()) question->predictor = m_predictor;
  Q_EMIT busy(question->isForeign ? tr("Embedding %1…").arg(QFileInfo(question->file).fileName())
                                  : tr("Reading the response to %1…").arg(question->file));
  const QPointer<PictureResponder> self(this);
  QThreadPool::globalInstance()->start([self, question] {
    const Answer answer = answerOf(*question);
    QMetaObject::invokeMethod(qApp, [self, answer, number = question->number] {
      if (self) self->take(answer, number);
    });
  });
}

void PictureResponder::take(const Answer& answer, quint64 asked) {
  m_isAnswering = false;
  m_predictor = answer.predictor;
  m_predictorOf = answer.predictorOf;
  if (m_next) {
    start();
    return;
  }
  Q_EMIT busy({});
  if (asked != m_request) return;
  if (!answer.response) {
    Q_EMIT failed(answer.failure);
    return;
  }
  m_state.setPictureResponse(answer.response);
  m_state.setMap(MapKind::Picture);
}

}  // namespace corticast
