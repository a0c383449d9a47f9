#include <QTest>
#include <algorithm>
#include <cmath>

#include "tests/gui/gui_testing.h"
#include "tests/gui/snapshots.h"
#include "widgets/cortex/vertex_words.h"

namespace corticast {
namespace {

/// A map of the left hemisphere with this value everywhere.
CortexMap mapOf(const Subject& subject, float value) {
  CortexMap map;
  map.kind = MapKind::Correlation;
  map.subject = QString::fromStdString(subject.id);
  map.columns[0].assign(subject.hemisphere(Hemisphere::Left)->vertices.size(), value);
  return map;
}

}  // namespace

class TestVertexWords : public QObject {
  Q_OBJECT

 private:
  std::shared_ptr<const Study> m_study = testing::sketchStudy(300);
  const Subject& m_subject = m_study->subjects.front();
  const HemisphereData& m_left = *m_subject.hemisphere(Hemisphere::Left);
  uint32_t m_column = m_left.roi("FFA-1")->columns.front();
  VertexPick m_vertex{Hemisphere::Left, m_left.vertices[m_column]};

 private Q_SLOTS:
  void theSmallestRoiIsNamedRatherThanItsStream() {
    const auto roi = roiAt(m_subject, m_vertex);
    QVERIFY(roi);
    for (const Roi& other : m_left.rois)
      if (std::ranges::binary_search(other.columns, m_column))
        QVERIFY(m_left.roi(roi->name)->columns.size() <= other.columns.size());
    QVERIFY(roi->roiClass != "streams");
  }

  void valueAndCeilingAreSaid() {
    const QString words = vertexWords(&m_subject, m_vertex, mapOf(m_subject, 0.6123F));
    QVERIFY2(words.contains("LH"), qPrintable(words));
    QVERIFY2(words.contains("r 0.612"), qPrintable(words));
    QVERIFY2(words.contains("ceiling 0."), qPrintable(words));
  }

  void whatIsNotThereIsAbsentAndNotANumber() {
    const QString words = vertexWords(&m_subject, m_vertex, mapOf(m_subject, std::nanf("")));
    QVERIFY2(words.contains("r absent"), qPrintable(words));
  }

  void aVertexThatWasNotMeasuredSaysSo() {
    const VertexPick elsewhere{Hemisphere::Left, m_left.vertices.back() + 1};
    QVERIFY(!roiAt(m_subject, elsewhere));
    QVERIFY(vertexWords(&m_subject, elsewhere, mapOf(m_subject, 1)).contains("outside the measured cortex"));
    QCOMPARE(vertexWords(nullptr, {Hemisphere::Right, 73122}, {}), QString("Vertex 73,122 · RH"));
  }
};

}  // namespace corticast

QTEST_GUILESS_MAIN(corticast::TestVertexWords)
#include "tst_vertex_words.moc"
